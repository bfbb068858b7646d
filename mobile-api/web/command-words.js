/**
 * What the page says about a request to a robot.
 */

import { minutesWords } from './floor-words.js';
import { clock, errorWords, lastHeard, reasonWords } from './words.js';

/** @typedef {import('./command-flow.js').FlowState} FlowState */
/** @typedef {import('./types.js').Robot} Robot */
/** @typedef {import('./types.js').Command} Command */

/**
 * @typedef {object} Message
 * @property {string} text
 * @property {'calm'|'wait'|'alarm'} tone
 * @property {number} steps how many of requested, delivered and accepted are known
 * @property {() => void} [retry]
 */

const ASKED = /** @type {Record<string, string>} */ ({
  start: 'start',
  pause: 'pause',
  resume: 'go on',
  stop: 'stop',
  dock: 'go to the dock',
  locate: 'make a sound',
});

const AT_PEACE = /** @type {Record<string, string>} */ ({
  running: 'Cleaning: the map draws itself above.',
  paused: 'Paused: the run waits for you.',
  seeking_charger: 'On its way to the dock.',
  charging: 'Charging, and ready to clean.',
  docked: 'Ready to clean.',
  stopped: 'Standing still, away from its dock.',
  emptying_dust_bin: 'The dock empties the dust bin.',
  cleaning_mop: 'The dock washes the mop.',
  filling_water_tank: 'The dock fills the water tank.',
  updating_maps: 'Working on its map.',
  unknown: 'It has not said what it does yet.',
});

/**
 * @param {FlowState} flow
 * @param {Robot} robot
 * @returns {Message}
 */
export function commandWords(flow, robot) {
  const asked = ASKED[flow.kind] ?? flow.kind;
  switch (flow.phase) {
    case 'sending':
      return { text: `Asking the robot to ${asked}…`, tone: 'wait', steps: 0 };
    case 'refused':
      return { text: refused(flow.problem, robot), tone: 'alarm', steps: 0 };
    case 'unknown':
      return { text: 'No answer: it is not known whether this arrived.', tone: 'alarm', steps: 0, retry: flow.retry };
    case 'sent':
      return sent(flow.command, asked);
  }
}

/** @param {Robot} robot @returns {Message} what there is to say when nothing is asked */
export function robotWords(robot) {
  const error = errorWords(robot.error);
  if (!robot.connected) {
    const heard = `Offline: ${lastHeard(robot.last_seen)}.`;
    return { text: error ? `${heard} ${error}` : heard, tone: 'alarm', steps: 0 };
  }
  if (error) return { text: error, tone: 'alarm', steps: 0 };
  return { text: AT_PEACE[robot.state] ?? 'Connected.', tone: 'calm', steps: 0 };
}

/**
 * @param {Command} command
 * @param {string} asked
 * @returns {Message}
 */
function sent(command, asked) {
  switch (command.state) {
    case 'requested':
      return {
        text: `No answer from the robot yet. It has until ${clock(command.expires_at)}.`,
        tone: 'wait',
        steps: 1,
      };
    case 'delivered':
      return { text: `The robot got the request to ${asked}.`, tone: 'wait', steps: 2 };
    case 'accepted':
    case 'succeeded':
      return { text: `The robot agreed to ${asked}${duration(command)}.`, tone: 'calm', steps: 3 };
    case 'rejected':
      return { text: `The robot refused to ${asked}: ${reasonWords(command.reason)}.`, tone: 'alarm', steps: 2 };
    case 'expired':
      return { text: `The robot did not answer in time, and will not ${asked}.`, tone: 'alarm', steps: 1 };
    case 'failed':
      return { text: `The robot could not ${asked}: ${reasonWords(command.reason)}.`, tone: 'alarm', steps: 3 };
  }
}

/** @param {Command} command */
function duration({ planned_minutes: minutes }) {
  return minutes ? `: about ${minutesWords(minutes)}` : '';
}

/**
 * @param {import('./api.js').Problem} problem
 * @param {Robot} robot
 */
function refused(problem, robot) {
  switch (problem.code) {
    case 'robot_offline':
      return `The robot is offline: ${lastHeard(robot.last_seen)}. Nothing was sent.`;
    case 'robot_busy':
      return 'The robot is busy with a run already.';
    case 'rooms_changed':
      return 'Not started: the rooms have changed. They were loaded again: look at your choice, then start.';
    case 'no_plan':
      return 'Not started: there is no plan for this choice yet. Start the whole home, and try again after the run.';
    default:
      return problem.message;
  }
}

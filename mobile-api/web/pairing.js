/**
 * Adding a robot with the code that it shows, giving it another name, and giving it away.
 */

import { explain, path, post, Problem, request } from './api.js';
import { CODE_ATTRS, openFormDialog } from './form-dialog.js';

/** @typedef {import('./types.js').Robot} Robot */

const NAME_FIELD = { name: 'name', label: 'Name', attrs: { maxlength: 64 } };

/**
 * @param {string} home
 * @param {(robot: string) => Promise<void>} onPaired
 */
export function openPairing(home, onPaired) {
  openFormDialog({
    title: 'Add a robot',
    text: 'Enter the code that the robot shows while it waits to be paired.',
    fields: [
      { name: 'code', label: 'Code', attrs: CODE_ATTRS },
      { ...NAME_FIELD, value: 'My robot' },
    ],
    action: 'Add robot',
    refusal: refusedCode,
    submit: async (values) => {
      const wanted = { code: (values.code ?? '').toUpperCase(), name: values.name };
      const robot = /** @type {Robot} */ (await post(path`/v1/homes/${home}/robots`, wanted));
      await onPaired(robot.id);
    },
  });
}

/**
 * @param {Robot} robot
 * @param {() => Promise<void>} onChange
 */
export function openRename(robot, onChange) {
  openFormDialog({
    title: 'Rename',
    text: 'The name is shown to everybody in this home.',
    fields: [{ ...NAME_FIELD, value: robot.name }],
    action: 'Save',
    submit: async ({ name }) => {
      await request(path`/v1/robots/${robot.id}`, { method: 'PATCH', body: { name } });
      await onChange();
    },
  });
}

/**
 * @param {Robot} robot
 * @param {() => Promise<void>} onChange
 */
export function openUnpair(robot, onChange) {
  openFormDialog({
    title: `Remove ${robot.name}?`,
    text: 'The robot loses its access at once and can be paired with another home. This cannot be undone.',
    action: 'Remove',
    danger: true,
    submit: async () => {
      await request(path`/v1/robots/${robot.id}`, { method: 'DELETE' });
      location.hash = '';
      await onChange();
    },
  });
}

/** @param {unknown} error */
function refusedCode(error) {
  if (!(error instanceof Problem)) return explain(error);
  if (error.code === 'claim_unknown')
    return 'This code is not known. It may be mistyped, used, or too old: look at the robot again.';
  if (error.status === 429) return 'Too many attempts. Wait a few minutes before trying again.';
  return explain(error);
}

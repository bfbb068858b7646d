/**
 * The shapes that the HTTP API answers with, for the type checker; the OpenAPI document is the contract.
 *
 * @typedef {'stopped'|'running'|'paused'|'error'|'seeking_charger'|'charging'|'docked'|'emptying_dust_bin'|
 *   'cleaning_mop'|'filling_water_tank'|'updating_maps'|'unknown'} RobotState
 *
 * @typedef {object} Robot
 * @property {string} id
 * @property {string} name
 * @property {string} home
 * @property {boolean} connected
 * @property {string|null} last_seen
 * @property {RobotState} state
 * @property {number|null} battery percent
 * @property {string|null} error
 * @property {string|null} vendor_error
 * @property {string|null} firmware
 * @property {string|null} model
 * @property {string|null} run
 * @property {string|null} floor
 * @property {number} waiting
 * @property {number} dropped
 *
 * @typedef {object} Home
 * @property {string} id
 * @property {string} name
 * @property {string} role
 *
 * @typedef {object} Floor
 * @property {string} id
 * @property {string} name
 * @property {number} votes
 *
 * @typedef {object} Run
 * @property {string} id
 * @property {'running'|'paused'|'finished'|'sealed'} state
 * @property {string|null} outcome
 * @property {string} started_at
 * @property {string|null} finished_at
 * @property {number|null} area_m2
 * @property {number|null} minutes
 * @property {string|null} floor
 * @property {boolean} in_map
 * @property {[number, number][]} [track] millimetres
 *
 * @typedef {'start'|'pause'|'resume'|'stop'|'dock'|'locate'} CommandKind
 *
 * @typedef {object} Command
 * @property {string} id
 * @property {'requested'|'delivered'|'accepted'|'rejected'|'expired'|'succeeded'|'failed'} state
 * @property {CommandKind} type
 * @property {string} issued_at
 * @property {string} expires_at
 * @property {string|null} run
 * @property {string|null} reason
 *
 * @typedef {object} MapDocument
 * @property {number} version
 * @property {number} cell_metres
 * @property {{x: number, y: number}} origin in cells
 * @property {number} width
 * @property {number} height
 * @property {string} cells base64, one byte per cell, rows from the smallest y
 * @property {string} [presence] base64, percent per cell
 *
 * @typedef {object} LeaseDocument
 * @property {string} id
 * @property {string} url
 * @property {string} client_id
 * @property {string} username
 * @property {string} [password]
 * @property {{pose: string, tiles: string}} topics
 * @property {string} expires_at
 *
 * @typedef {object} LivePose
 * @property {string|null} run
 * @property {number} x millimetres
 * @property {number} y millimetres
 * @property {number} heading milliradians
 * @property {RobotState} state
 *
 * @typedef {object} FleetRobot
 * @property {string} id
 * @property {boolean} connected
 * @property {string|null} last_seen
 * @property {RobotState} state
 * @property {number|null} battery
 * @property {string|null} error
 * @property {string|null} vendor_error
 * @property {string|null} firmware
 * @property {string|null} model
 * @property {number} waiting
 * @property {number} dropped
 *
 * @typedef {object} FleetSummary
 * @property {number} total
 * @property {number} connected
 * @property {Record<string, number>} by_state
 * @property {Record<string, number>} by_firmware
 *
 * @typedef {{kind: 'local'}} LocalAuth
 * @typedef {{kind: 'oidc', issuer: string, client_id: string, authorization_endpoint: string,
 *   token_endpoint: string, scopes: string|string[]}} OidcAuth
 * @typedef {LocalAuth|OidcAuth} AuthConfig
 */

/**
 * @template T
 * @typedef {{items: T[], next: string|null}} Page
 */

export {};

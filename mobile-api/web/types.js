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
 * @property {{wanted: number, applied: number}} settings_version
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
 * @property {number|null} [planned_minutes]
 *
 * @typedef {object} MapDocument
 * @property {number} version
 * @property {number} cell_metres
 * @property {{x: number, y: number}} origin in cells
 * @property {number} width
 * @property {number} height
 * @property {string} cells base64, one byte per cell, rows from the smallest y
 * @property {string} [presence] base64, percent per cell
 * @property {string} [room] base64, the number of each cell's room, 0 for none
 * @property {Room[]} [rooms]
 * @property {number} [rooms_version]
 * @property {Thing[]} [objects]
 *
 * @typedef {{x: number, y: number}} Corner millimetres in the home frame
 *
 * @typedef {'living_room'|'kitchen'|'bedroom'|'bathroom'|'hallway'|'office'|'dining_room'|'other'} RoomType
 *
 * @typedef {object} Room
 * @property {string} id
 * @property {number} number as in the map's cells
 * @property {string|null} name
 * @property {RoomType|null} type
 * @property {number} area_m2
 * @property {Corner[][]} outlines
 *
 * @typedef {{floor: string, version: number, items: Room[]}} RoomList
 *
 * @typedef {object} Thing
 * @property {string} id
 * @property {Corner[]} outline
 * @property {number} presence percent of the runs
 * @property {string} first_seen
 * @property {string} last_seen
 *
 * @typedef {object} PlanLeg
 * @property {string|null} room
 * @property {string|null} name
 * @property {boolean} recharge_first
 * @property {number} metres
 * @property {number} minutes
 * @property {[number, number][]} path millimetres
 *
 * @typedef {object} Plan
 * @property {string} floor
 * @property {number} rooms_version
 * @property {number} metres
 * @property {number} minutes
 * @property {number} coverage 0 to 1
 * @property {number} recharges
 * @property {PlanLeg[]} legs
 * @property {[number, number][]} way_home millimetres
 *
 * @typedef {'no_go_zone'|'no_mop_zone'|'virtual_wall'} RestrictionKind
 * @typedef {{kind: RestrictionKind, corners: Corner[]}} Restriction
 *
 * @typedef {object} RobotSettings
 * @property {number} version
 * @property {number} applied_version
 * @property {boolean} upload_map
 * @property {boolean} child_lock
 * @property {boolean} child_lock_lifted
 * @property {Restriction[]} restrictions
 * @property {string} time_zone
 * @property {ScheduleEntry[]} schedule
 * @property {DoNotDisturb} do_not_disturb
 * @property {SkippedRun|null} skipped
 *
 * @typedef {'mon'|'tue'|'wed'|'thu'|'fri'|'sat'|'sun'} Weekday
 * @typedef {{kind: 'whole_home'} | {kind: 'rooms', rooms: string[]}} EntryScope
 * @typedef {{id?: string, enabled: boolean, days: Weekday[], at: string, scope: EntryScope}} ScheduleEntry
 * @typedef {{enabled: boolean, from: string, to: string}} DoNotDisturb
 * @typedef {{entry: string, due_at: string, reason: string}} SkippedRun
 *
 * @typedef {{kind: 'whole_home'} | {kind: 'rooms', rooms: string[]} | {kind: 'zones', zones: Corner[][]}} Scope
 *
 * @typedef {'invited'|'joined'|'left'|'removed'|'handed_on'|'paired'|'unpaired'|'settings_changed'|'exported'|
 *   'imported'} AccessAction
 *
 * @typedef {object} AccessEntry
 * @property {string} at
 * @property {string|null} who
 * @property {boolean} you
 * @property {AccessAction} action
 * @property {string|null} subject
 *
 * @typedef {object} Member
 * @property {string} id
 * @property {string|null} name
 * @property {'owner'|'member'|'guest'} role
 * @property {string|null} ends_at
 * @property {boolean} you
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
 * @typedef {{kind: 'local', token_endpoint: string, revocation_endpoint: string}} LocalAuth
 * @typedef {{kind: 'oidc', issuer: string, client_id: string, authorization_endpoint: string,
 *   token_endpoint: string, revocation_endpoint: string|null, scopes: string|string[]}} OidcAuth
 * @typedef {LocalAuth|OidcAuth} AuthConfig
 */

/**
 * @template T
 * @typedef {{items: T[], next: string|null}} Page
 */

export {};

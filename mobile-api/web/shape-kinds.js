/**
 * The kinds of shapes that are drawn on the map.
 */

/** @typedef {import('./types.js').Corner} Corner */
/** @typedef {import('./types.js').RestrictionKind|'zone'|'cut'} ShapeKind a cut is the line that splits a room */
/** @typedef {{id: string, kind: ShapeKind, corners: Corner[]}} Shape */

/** @param {ShapeKind} kind @returns {boolean} whether it is a line, which has no inside */
export function isLine(kind) {
  return kind === 'virtual_wall' || kind === 'cut';
}

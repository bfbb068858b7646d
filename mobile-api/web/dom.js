/**
 * Small helpers to build pages. Text only ever becomes text nodes, so nothing that a robot or a person wrote is markup.
 */

/**
 * @typedef {object} Props
 * @property {string} [class]
 * @property {string} [text]
 * @property {Record<string, string|number|boolean|null|undefined>} [attrs] true sets an empty one, false and null none
 * @property {Record<string, (event: any) => void>} [on]
 */

/** @typedef {Node|string|null|undefined|false} Child */

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Props|string} [props] a text stands for the class
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  const { class: className, text, attrs = {}, on = {} } = typeof props === 'string' ? { class: props } : props;
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  setAttributes(node, attrs);
  Object.entries(on).forEach(([name, handler]) => node.addEventListener(name, handler));
  node.append(...present(children));
  return node;
}

/**
 * @param {Element} node
 * @param {Record<string, string|number|boolean|null|undefined>} attrs
 */
export function setAttributes(node, attrs) {
  for (const [name, value] of Object.entries(attrs)) {
    if (value === null || value === undefined || value === false) node.removeAttribute(name);
    else node.setAttribute(name, value === true ? '' : String(value));
  }
}

/**
 * @param {Element} parent
 * @param {...Child} children
 */
export function fill(parent, ...children) {
  parent.replaceChildren(...present(children));
}

/**
 * Sets the text only when it differs, so that screen readers are not told the same thing twice.
 *
 * @param {Element} node
 * @param {string} text
 */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/**
 * Makes `parent` hold one node for each item, in their order, keeping the nodes that are there already.
 *
 * @template {{id: string}} T
 * @param {Element} parent
 * @param {T[]} items
 * @param {Map<string, {node: Element, update: (item: T) => void}>} kept
 * @param {(item: T) => {node: Element, update: (item: T) => void}} make
 */
export function keepInStep(parent, items, kept, make) {
  const wanted = new Set(items.map((item) => item.id));
  for (const [id, { node }] of kept) {
    if (wanted.has(id)) continue;
    node.remove();
    kept.delete(id);
  }
  items.forEach((item, index) => {
    const entry = kept.get(item.id) ?? make(item);
    kept.set(item.id, entry);
    entry.update(item);
    if (parent.children[index] !== entry.node) parent.insertBefore(entry.node, parent.children[index] ?? null);
  });
}

/** @param {Child[]} children @returns {(Node|string)[]} */
function present(children) {
  return /** @type {(Node|string)[]} */ (children.filter((child) => child || child === ''));
}

/**
 * The operators' page.
 */

import { FleetView } from './fleet-view.js';
import { runPage } from './page.js';

const root = /** @type {Element} */ (document.querySelector('#app'));
runPage(root, { purpose: 'Sign in as an operator to see the fleet.', open: () => new FleetView() });

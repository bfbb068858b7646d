/**
 * The owner's page.
 */

import { HomeView } from './home-view.js';
import { runPage } from './page.js';

const root = /** @type {Element} */ (document.querySelector('#app'));
runPage(root, { purpose: 'Sign in to see your robots.', open: () => new HomeView() });

import { requestGate } from './request-gate.js';

/** Every question of dashboards goes through here: six at once, so that a page of a hundred panels leaves room for everything else. */
export const gated = requestGate(6);

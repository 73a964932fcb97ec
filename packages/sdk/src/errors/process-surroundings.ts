import { Surroundings } from '../core/surroundings.js';

/**
 * What was said outside of any request. Only errors outside of requests carry it: what code says that has lost its request by a callback must not turn up in the
 * errors of others.
 */
export const processSurroundings = new Surroundings();

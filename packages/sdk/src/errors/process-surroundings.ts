import { Surroundings } from '../core/surroundings.js';

/** What was said outside of any request: it holds for the process, and errors of every request carry it. It never has a user. */
export const processSurroundings = new Surroundings();

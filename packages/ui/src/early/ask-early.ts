import { askEarly, openedMs } from './early-answers.js';
import { firstQuestions } from './first-questions.js';

// A small script of its own, run before the application's: the server works while the browser still reads and draws.
askEarly(firstQuestions(location.pathname, location.search, openedMs));

export { quoted } from '../parse/quoting.js';

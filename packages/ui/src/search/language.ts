/**
 * What the search bar needs of the search language. It is loaded when the first search bar is on the page,
 * so that parser and catalogue stay out of the first bundle: `import('./language.js')`.
 */
export { completionContext, fieldCatalogue, parseSearch, printSearch, SearchError } from '@bellwether/model';

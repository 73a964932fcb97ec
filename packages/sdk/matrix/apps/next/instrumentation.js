export { onRequestError } from '@bellwether/node';

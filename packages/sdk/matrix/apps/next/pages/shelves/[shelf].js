import { createElement } from 'react';

export async function getServerSideProps({ params }) {
  if (params.shelf === 'none') throw new SyntaxError('no such shelf');
  return { props: { shelf: params.shelf } };
}

export default function Shelf({ shelf }) {
  return createElement('p', undefined, shelf);
}

import { createElement } from 'react';

export const dynamic = 'force-dynamic';

export default async function Page({ searchParams }) {
  const { fails } = await searchParams;
  if (fails === 'yes') throw new EvalError('the page fails');
  return createElement('p', undefined, 'a page');
}

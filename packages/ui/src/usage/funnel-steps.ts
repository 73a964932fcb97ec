import type { UsageAnswer } from '@bellwether/model';

export const mostSteps = 10;

/** Names of steps as the URL has them. A name with a comma can not be a step. */
export function readSteps(text: string | undefined): readonly string[] {
  return (text ?? '')
    .split(',')
    .map(name => name.trim())
    .filter(name => name !== '')
    .slice(0, mostSteps);
}

/** What most shops and products have, in this order. */
const usual = [
  'lifecycle.registered',
  'lifecycle.activated',
  'lifecycle.converted',
  'order.created',
  'order.paid',
] as const;
const ownSteps = 2;

/**
 * A funnel to begin with: the own events that most people have, the most first, and then orders and stages of life where they are told.
 * Empty where nobody did two different things.
 */
export function suggestSteps(usage: UsageAnswer['usage']): readonly string[] {
  const withPeople = usage.filter(({ users, name }) => users > 0 && !name.includes(','));
  const known = usual.filter(step => withPeople.some(({ name }) => name === step));
  const byPeople = withPeople.toSorted((a, b) => b.users - a.users);
  const own = byPeople.filter(({ event }) => event === 'business.event').slice(0, ownSteps);
  const steps = [...own.map(({ name }) => name), ...known];
  const found = steps.length >= 2 ? steps : byPeople.slice(0, 3).map(({ name }) => name);
  return found.length >= 2 ? found : [];
}

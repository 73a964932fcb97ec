import type { z } from 'zod';

/**
 * What is wrong with a parameter, for who wrote the request: what it needs, not what the checker received.
 * Words that a schema brings itself go before these; undefined leaves it to the checker.
 */
export const parameterFault: z.core.$ZodErrorMap = issue => {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.expected === 'object' || issue.expected === 'record') return 'needs an object';
      if (Array.isArray(issue.input)) return 'is given more than once: give it once';
      if (issue.expected === 'number' || issue.expected === 'int') return 'needs a whole number';
      return issue.input === undefined
        ? 'is missing'
        : `needs ${issue.expected === 'array' ? 'an' : 'a'} ${issue.expected}`;
    case 'too_small':
      return `must be at least ${issue.minimum}${unit(issue.origin)}`;
    case 'too_big':
      return `must be at most ${issue.maximum}${unit(issue.origin)}`;
    case 'invalid_value':
      return `must be one of ${issue.values.join(', ')}`;
    case 'invalid_key':
      return issue.issues[0]?.message;
    default:
      return undefined;
  }
};

const unit = (origin: string): string => (origin === 'string' ? ' characters long' : '');

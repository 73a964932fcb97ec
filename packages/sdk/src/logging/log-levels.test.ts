import { expect, test } from 'vitest';
import { LogLevels } from './log-levels.js';

test('[J3] levels come from one text, for all and by name', () => {
  const levels = new LogLevels('warn, db=debug ,http=ERROR');
  expect(['db', 'http', 'mail'].map(name => levels.of(name))).toEqual(['debug', 'error', 'warn']);
});

test('[J3] a level is set at run time, for one name or for all that have none', () => {
  const levels = new LogLevels('info,db=warn');
  const [db, mail] = [{ level: 'warn' }, { level: 'info' }];
  levels.add('db', db);
  levels.add('mail', mail);
  levels.set(undefined, 'error');
  expect([db.level, mail.level]).toEqual(['warn', 'error']);
  levels.set('db', 'trace');
  expect([db.level, levels.all()]).toEqual(['trace', { db: 'trace', mail: 'error' }]);
});

import { mongodb, mysql, postgresql } from './driver.js';
import { drizzle } from './drizzle.js';
import { knex } from './knex.js';
import { mikroOrm } from './mikro-orm.js';
import { mongoose } from './mongoose.js';
import { prisma } from './prisma.js';
import type { OrmRewrite } from './rewrite.js';
import { sequelize } from './sequelize.js';
import { typeorm } from './typeorm.js';

/** By the name of the ORM, and of the database where there is none. Another is a file here and a line. */
export const ormRewrites: readonly OrmRewrite[] = [
  prisma,
  drizzle,
  typeorm,
  sequelize,
  knex,
  mikroOrm,
  mongoose,
  postgresql,
  mysql,
  mongodb,
];

import { agenda } from './agenda.js';
import { amqplib } from './amqplib.js';
import { awsSdk } from './aws-sdk.js';
import { betterSqlite3 } from './better-sqlite3.js';
import { bullmq } from './bullmq.js';
import { cockatiel } from './cockatiel.js';
import { consoleLines } from './console.js';
import { eventLoopStalls } from './event-loop-stalls.js';
import { express } from './express.js';
import { fastify } from './fastify.js';
import { graphileWorker } from './graphile-worker.js';
import { graphql } from './graphql.js';
import { grpcClient } from './grpc-client.js';
import { grpcServer } from './grpc-server.js';
import { hono } from './hono.js';
import { host } from './host.js';
import { http2Client } from './http2-client.js';
import { http2Server } from './http2-server.js';
import { httpClient } from './http-client.js';
import { httpServer } from './http-server.js';
import type { Instrumentation } from './instrumentation.js';
import { ioredis } from './ioredis.js';
import { kafkajs } from './kafkajs.js';
import { keyv } from './keyv.js';
import { knex } from './knex.js';
import { koa } from './koa.js';
import { lruCache } from './lru-cache.js';
import { memjs } from './memjs.js';
import { mikroOrm } from './mikro-orm.js';
import { mongodb } from './mongodb.js';
import { mongoose } from './mongoose.js';
import { mysql2 } from './mysql2.js';
import { nestLogger } from './nest-logger.js';
import { nestjs } from './nestjs.js';
import { next } from './next.js';
import { nodeCache } from './node-cache.js';
import { nodeCron } from './node-cron.js';
import { nodeSqlite } from './node-sqlite.js';
import { openai } from './openai.js';
import { opossum } from './opossum.js';
import { pgBoss } from './pg-boss.js';
import { pg } from './pg.js';
import { pino } from './pino.js';
import { postgres } from './postgres.js';
import { prisma } from './prisma.js';
import { localVariables } from './local-variables.js';
import { profileSignal } from './profile-signal.js';
import { profiling } from './profiling.js';
import { redis } from './redis.js';
import { runtime } from './runtime.js';
import { sequelize } from './sequelize.js';
import { socketIo } from './socket-io.js';
import { typeorm } from './typeorm.js';
import { uncaught } from './uncaught.js';
import { undici } from './undici.js';
import { winston } from './winston.js';
import { ws } from './ws.js';

/** All that is seen without being asked. A new library is one file here and one line. */
export const instrumentations: readonly Instrumentation[] = [
  httpServer,
  http2Server,
  fastify,
  express,
  koa,
  hono,
  nestjs,
  next,
  graphql,
  grpcServer,
  grpcClient,
  ws,
  socketIo,
  undici,
  httpClient,
  http2Client,
  pg,
  postgres,
  mysql2,
  mongodb,
  betterSqlite3,
  nodeSqlite,
  knex,
  mikroOrm,
  mongoose,
  prisma,
  sequelize,
  typeorm,
  ioredis,
  redis,
  memjs,
  lruCache,
  nodeCache,
  keyv,
  bullmq,
  pgBoss,
  graphileWorker,
  agenda,
  amqplib,
  kafkajs,
  nodeCron,
  winston,
  consoleLines,
  nestLogger,
  awsSdk,
  openai,
  cockatiel,
  opossum,
  pino,
  uncaught,
  runtime,
  host,
  eventLoopStalls,
  profiling,
  profileSignal,
  localVariables,
];

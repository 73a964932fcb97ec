import {
  deployNew,
  deploysAnswer,
  deploysQuery,
  releaseNew,
  releasesAnswer,
  serviceDeploysAnswer,
  serviceDeploysQuery,
  sourceMapKept,
  sourceMapNew,
  told,
} from '@bellwether/model';
import { z } from 'zod';
import { BadInput } from '../base/bad-input.js';
import type { ControlStore } from '../control/control-store.js';
import { keepDeploy, keepRelease, listReleases, releaseOf, toldDeploys } from '../control/releases.js';
import { countSourceMaps } from '../control/source-map-files.js';
import { listDeploys, serviceDeploys } from '../query/service-deploys.js';
import { BadMap } from '../source-maps/place-in-map.js';
import type { SourceMaps } from '../source-maps/source-maps.js';
import { Unavailable } from './api-failure.js';
import { askedEnv, askedWindow } from './asked-window.js';
import { type Route, defineRoute } from './route.js';

const listed = 200;
/** A map of 32 MiB as a JSON text, with room for what is escaped in it. */
const maxMapBodyBytes = 48 * 1_048_576;

/** What pipelines tell: releases, deploys, source maps. Nothing of it is kept without a control store. */
export function releaseRoutes(control: ControlStore | undefined, maps: SourceMaps | undefined): readonly Route[] {
  const kept = (): ControlStore => {
    if (control === undefined) throw new Unavailable('This server keeps no releases: it runs without a data folder.');
    return control;
  };
  return [
    defineRoute({
      method: 'GET',
      path: '/api/bw/v1/releases',
      summary: 'The releases that somebody told of, the newest first.',
      answer: releasesAnswer,
      async handle(_, { asker: { scope } }) {
        const counts = countSourceMaps(kept(), scope.workspace);
        const releases = listReleases(kept(), scope.workspace, listed);
        return {
          releases: releases.map(({ version, createdMs, url, commits }) => ({
            version,
            createdMs,
            url,
            commits,
            sourceMaps: counts.get(version) ?? 0,
          })),
        };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/bw/v1/releases',
      summary: 'Tells of a version, with the commits that it brings.',
      body: releaseNew,
      answer: told,
      async handle({ body }, { asker: { scope }, nowMs }) {
        keepRelease(kept(), scope.workspace, body, nowMs);
        return { version: body.version };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/bw/v1/deploys',
      summary: 'Tells that a version goes out, to a service and an environment or to all.',
      body: deployNew,
      answer: told,
      async handle({ body }, { asker: { scope }, nowMs }) {
        keepDeploy(kept(), scope.workspace, body, nowMs);
        return { version: body.version };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/bw/v1/releases/:version/source-maps',
      summary: 'Keeps the source map of one file of a release; stacks that came before are shown with it too.',
      params: z.object({ version: z.string().min(1).max(200) }),
      body: sourceMapNew,
      maxBodyBytes: maxMapBodyBytes,
      answer: sourceMapKept,
      async handle({ params: { version }, body: { file, map } }, { asker: { scope }, nowMs }) {
        if (maps === undefined)
          throw new Unavailable('This server keeps no source maps: it runs without a data folder.');
        try {
          const answer = await maps.keep(scope.workspace, { version, file, map, nowMs });
          keepRelease(kept(), scope.workspace, { version, url: '', commits: [] }, nowMs);
          return answer;
        } catch (error) {
          if (error instanceof BadMap)
            throw new BadInput(`The source map of ${file.slice(0, 100)} can not be used: ${error.message}.`);
          throw error;
        }
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/bw/v1/deploys',
      summary: 'The deploys of all services, told of or seen, also of versions that came back.',
      query: deploysQuery,
      answer: deploysAnswer,
      handle({ query }, { asker }) {
        const question = { ...askedWindow(query), service: undefined, env: askedEnv(query.env) };
        const told = control === undefined ? [] : toldDeploys(control, asker.scope.workspace, question);
        return listDeploys(asker, question, told);
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/bw/v1/services/:service/deploys',
      summary: 'The deploys of a service, told of or seen, with its requests before and after each.',
      params: z.object({ service: z.string().max(1000) }),
      query: serviceDeploysQuery,
      answer: serviceDeploysAnswer,
      handle({ params: { service }, query }, { asker, nowMs }) {
        const { workspace } = asker.scope;
        const question = { ...askedWindow(query), service, env: askedEnv(query.env), nowMs };
        return serviceDeploys(
          asker,
          question,
          control === undefined ? [] : toldDeploys(control, workspace, question),
          version => (control === undefined ? 0 : (releaseOf(control, workspace, version)?.commits.length ?? 0)),
        );
      },
    }),
  ];
}

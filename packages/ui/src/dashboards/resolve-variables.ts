import {
  allValue,
  autoInterval,
  chosenValues,
  customOptions,
  firstOf,
  interpolatePromql,
  interpolateText,
  optionsOf,
  plainValue,
  readVariableQuery,
  valueOf,
  variableWaves,
  type Scope,
  type Variable,
  type VariableOption,
  type VariableQuery,
} from '@bellwether/dashboards';

/** A variable with what it can be and what it is. */
export type ResolvedVariable = {
  readonly variable: Variable;
  readonly options: readonly VariableOption[];
  /** What is chosen; with `All`, every option. */
  readonly chosen: readonly VariableOption[];
  readonly isAll: boolean;
  /** Why its options could not be had. */
  readonly fault: string | undefined;
};

export type ResolvedVariables = ReadonlyMap<string, ResolvedVariable>;

type Deps = {
  /** Values that a query returns. */
  ask(query: VariableQuery): Promise<readonly string[]>;
  /** What the address says: several values of `var-<name>`. */
  asked(name: string): readonly string[] | undefined;
  readonly rangeMs: number;
  /** `$__range` and its like. */
  readonly builtIn: Scope;
};

/** Works out all variables, those that others refer to first. One that fails keeps what it had and does not stop the others. */
export async function resolveVariables(variables: readonly Variable[], deps: Deps): Promise<ResolvedVariables> {
  const resolved = new Map<string, ResolvedVariable>();
  for (const wave of variableWaves(variables)) {
    const scope = firstOf(variableScope(resolved, deps.rangeMs), deps.builtIn);
    const answers = await Promise.all(wave.map(variable => resolveOne(variable, scope, deps)));
    for (const answer of answers) resolved.set(answer.variable.name, answer);
  }
  return resolved;
}

async function resolveOne(variable: Variable, scope: Scope, deps: Deps): Promise<ResolvedVariable> {
  const asked = deps.asked(variable.name);
  let options: readonly VariableOption[] = [];
  let fault: string | undefined;
  try {
    options = await optionsFor(variable, scope, deps);
  } catch (error) {
    fault = error instanceof Error ? error.message : String(error);
    options = variable.current.filter(({ value }) => value !== allValue);
  }
  if (variable.kind === 'adhoc') {
    const filters = (asked ?? variable.current.map(({ value }) => value)).filter(value => value !== '');
    return { variable, options, chosen: filters.map(value => ({ text: value, value })), isAll: false, fault };
  }
  const values = chosenValues(variable, asked, options);
  const isAll = values.length === 1 && values[0] === allValue;
  const byValue = new Map(options.map(option => [option.value, option]));
  const chosen = isAll ? options : values.map(value => byValue.get(value) ?? { text: value, value });
  return { variable, options, chosen, isAll, fault };
}

async function optionsFor(variable: Variable, scope: Scope, { ask }: Deps): Promise<readonly VariableOption[]> {
  switch (variable.kind) {
    case 'custom':
      return customOptions(interpolateText(variable.query, scope));
    case 'interval': {
      const steps = customOptions(variable.query);
      const automatic = { text: 'auto', value: autoName(variable.name) };
      return variable.auto === undefined ? steps : [automatic, ...steps];
    }
    case 'datasource':
      return [{ text: 'Bellwether', value: 'bellwether' }];
    case 'query': {
      if (variable.datasource.kind === 'unknown') {
        throw new Error(`Its values come from ${variable.datasource.name}, which is not a source here.`);
      }
      const query = readVariableQuery(interpolatePromql(variable.query, scope));
      const regex = interpolateText(variable.regex, scope);
      return query === undefined ? [] : optionsOf(await ask(query), { regex, sort: variable.sort });
    }
    case 'adhoc':
    case 'unknown':
    case 'constant':
    case 'textbox':
      return [];
  }
}

const autoName = (name: string): string => `$__auto_interval_${name}`;

/** The ad hoc filters of a dashboard, as the address holds them: `label|=|value`. */
export function filtersOf(resolved: ResolvedVariables): readonly string[] {
  return [...resolved.values()].flatMap(({ variable, chosen }) =>
    variable.kind === 'adhoc' ? chosen.map(({ value }) => value) : [],
  );
}

/** What the names stand for in queries and titles. */
export function variableScope(resolved: ResolvedVariables, rangeMs: number): Scope {
  return name => {
    const found = resolved.get(name);
    if (found === undefined) return name === '__all_variables' ? plainValue(asParams(resolved)) : undefined;
    const { variable, options, chosen, isAll } = found;
    const [first] = chosen;
    if (variable.kind === 'adhoc' || variable.kind === 'unknown') return undefined;
    if (variable.kind === 'interval' && variable.auto !== undefined && first?.value === autoName(name)) {
      return plainValue(autoInterval(rangeMs, variable.auto.steps, variable.auto.leastMs));
    }
    return valueOf(variable, chosen, options, isAll);
  };
}

/** Every choice as an address holds it, for links to other dashboards. */
function asParams(resolved: ResolvedVariables): string {
  return [...resolved.values()]
    .filter(({ variable }) => variable.kind !== 'constant' && variable.kind !== 'unknown')
    .flatMap(({ variable, chosen, isAll }) =>
      (isAll ? [allValue] : chosen.map(({ value }) => value)).map(value => `var-${variable.name}=${value}`),
    )
    .join('&');
}

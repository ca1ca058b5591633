/* JSON Schema (2020-12), as far as the published schema of certificates goes. A keyword that is not known here is an error. */

export type Schema = boolean | Readonly<Record<string, unknown>>;

/** @returns where the value does not fit, as names, each after a slash; null when it fits */
export function misfit(schema: Schema, value: unknown, place = ''): string | null {
  if (schema === true) return null;
  if (schema === false) return place;
  for (const [keyword, demand] of Object.entries(schema)) {
    const check = keywords[keyword];
    if (check === undefined) throw new Error(`the schema has an unknown keyword, ${keyword}`);
    const found = check(demand, value, place, schema);
    if (found !== null) return found;
  }
  return null;
}

type Check = (
  demand: unknown,
  value: unknown,
  place: string,
  schema: Readonly<Record<string, unknown>>,
) => string | null;

/** A keyword that is fulfilled or not, by values of one kind; others it does not concern. */
function fulfilled<Value, Demand>(
  concerns: (value: unknown) => value is Value,
  demanded: (demand: unknown) => demand is Demand,
  isFulfilled: (value: Value, demand: Demand) => boolean,
): Check {
  return (demand, value, place) => {
    if (!demanded(demand)) throw new Error('the schema is none');
    return !concerns(value) || isFulfilled(value, demand) ? null : place;
  };
}

const says: Check = () => null;
const equalTo: Check = (demand, value, place) => (demand === value ? null : place);

const keywords: Readonly<Partial<Record<string, Check>>> = {
  // Said to people. A format comes with its pattern.
  $schema: says,
  $id: says,
  title: says,
  description: says,
  format: says,
  const: equalTo,
  enum: fulfilled(isAnything, isList, (value, list) => list.includes(value)),
  type: fulfilled(isAnything, isAnything, (value, demand) =>
    (isList(demand) ? demand : [demand]).some((type) => isOfType(value, type)),
  ),
  minimum: fulfilled(isNumber, isNumber, (value, least) => value >= least),
  maximum: fulfilled(isNumber, isNumber, (value, most) => value <= most),
  exclusiveMinimum: fulfilled(isNumber, isNumber, (value, below) => value > below),
  minLength: fulfilled(isText, isNumber, (value, least) => Array.from(value).length >= least),
  pattern: fulfilled(isText, isText, (value, pattern) => expression(pattern).test(value)),
  minItems: fulfilled(isList, isNumber, (value, least) => value.length >= least),
  maxItems: fulfilled(isList, isNumber, (value, most) => value.length <= most),
  required: fulfilled(isMembers, isList, (value, names) =>
    names.every((name) => isText(name) && Object.hasOwn(value, name)),
  ),
  anyOf: (demand, value, place) => {
    const misfits = schemasIn(demand).map((schema) => misfit(schema, value, place));
    // The misfit that lies deepest tells most.
    return misfits.includes(null)
      ? null
      : misfits.reduce((one, other) => ((other ?? '').length > (one ?? '').length ? other : one));
  },
  prefixItems: (demand, value, place) =>
    !isList(value)
      ? null
      : firstOf(schemasIn(demand), (schema, index) =>
          index < value.length ? misfit(schema, value[index], `${place}/${String(index)}`) : null,
        ),
  items: (demand, value, place, { prefixItems }) => {
    if (!isList(value)) return null;
    const before = isList(prefixItems) ? prefixItems.length : 0;
    return firstOf(value.slice(before), (item, index) =>
      misfit(schemaIn(demand), item, `${place}/${String(before + index)}`),
    );
  },
  properties: (demand, value, place) =>
    !isMembers(value) || !isMembers(demand)
      ? null
      : firstOf(Object.entries(demand), ([name, schema]) =>
          Object.hasOwn(value, name)
            ? misfit(schemaIn(schema), value[name], `${place}/${name}`)
            : null,
        ),
  propertyNames: (demand, value, place) =>
    !isMembers(value)
      ? null
      : firstOf(Object.keys(value), (name) => misfit(schemaIn(demand), name, `${place}/${name}`)),
  additionalProperties: (demand, value, place, { properties }) =>
    !isMembers(value)
      ? null
      : firstOf(Object.entries(value), ([name, part]) =>
          isMembers(properties) && Object.hasOwn(properties, name)
            ? null
            : misfit(schemaIn(demand), part, `${place}/${name}`),
        ),
};

const expressions = new Map<string, RegExp>();

function expression(pattern: string): RegExp {
  const made = expressions.get(pattern) ?? new RegExp(pattern, 'u');
  expressions.set(pattern, made);
  return made;
}

function firstOf<Item>(
  items: readonly Item[],
  find: (item: Item, index: number) => string | null,
): string | null {
  for (const [index, item] of items.entries()) {
    const found = find(item, index);
    if (found !== null) return found;
  }
  return null;
}

function isOfType(value: unknown, type: unknown): boolean {
  switch (type) {
    case 'null':
      return value === null;
    case 'array':
      return isList(value);
    case 'object':
      return isMembers(value);
    case 'integer':
      return Number.isInteger(value);
    case 'string':
    case 'number':
    case 'boolean':
      return typeof value === type;
    default:
      throw new Error(`the schema has an unknown type, ${String(type)}`);
  }
}

function schemaIn(demand: unknown): Schema {
  if (typeof demand === 'boolean' || isMembers(demand)) return demand;
  throw new Error('the schema is none');
}

function schemasIn(demand: unknown): Schema[] {
  if (!isList(demand)) throw new Error('the schema is none');
  return demand.map(schemaIn);
}

function isAnything(value: unknown): value is unknown {
  return value !== undefined;
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function isMembers(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

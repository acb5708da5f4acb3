import { showValue } from '../tensor/problem.ts'
import type { Layer } from './layer.ts'
import { layer } from './layer.ts'

const isLayer = (x: unknown): x is Layer =>
  typeof x === 'object' &&
  x !== null &&
  'problems' in x &&
  Array.isArray(x.problems) &&
  ['fit', 'init', 'apply'].every((name) => typeof (x as Readonly<Record<string, unknown>>)[name] === 'function')

const hintFor = (x: unknown): string =>
  typeof x === 'function'
    ? `Call it, ${x.name === '' ? '' : `Net.${x.name}`}(...); Net.lambda(name, f) makes a layer of a function of one's own`
    : Array.isArray(x)
      ? 'Write Net.serial(...layers)'
      : 'Layers come from Net.dense, Net.relu and the like, or from Net.layer'

/** Returns what was given as a layer; in the place of anything else a layer whose problem says what it is. */
export const givenLayer = <In, Out>(x: Layer<In, Out>): Layer<In, Out> =>
  isLayer(x)
    ? x
    : layer<In, Out>({
        name: 'none',
        title: showValue(x),
        problems: [{ path: [], expected: 'a layer', actual: showValue(x), hint: hintFor(x) }],
        apply: ({ state }, y) => [y, state]
      })

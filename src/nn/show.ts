import * as E from '#fp-ts/Either'
import { o } from '../primitives/vocabulary.ts'
import { openGraph } from '../program/graph.ts'
import { traceInto } from '../program/trace.ts'
import { sizeOf } from '../tensor/shape.ts'
import { showPath } from '../tensor/tree.ts'
import type { Features } from './features.ts'
import { showFeatures } from './features.ts'
import type { None } from '../tensor/arguments.ts'
import { refuseMore } from '../tensor/arguments.ts'
import { refuse } from '../tensor/problem.ts'
import { givenLayer } from './givenLayer.ts'
import type { Layer } from './layer.ts'

/** Returns what was given if it is a layer, and fails otherwise; a layer with problems is one. */
const requireLayer = (op: string, x: Layer): Layer => {
  const found = givenLayer(x)
  if (found !== x) refuse(op, found.problems)
  return found
}

/**
 * Counts the numbers that a network learns. No parameter is computed for that: `init` is traced only.
 *
 * @example
 * import { Net } from 'saddlepoint'
 * Net.countParameters(Net.serial(Net.dense(2, 64), Net.relu, Net.dense(64, 1))) // => 257
 */
export const countParameters = (net: Layer, ...more: None): number => {
  const { init, problems, layers } = requireLayer('Net.countParameters', net)
  refuseMore('Net.countParameters', more)
  if (layers !== undefined) return layers.reduce((sum, one) => sum + countParameters(one), 0)
  if (problems.length > 0) return NaN
  const { program } = traceInto(
    openGraph(o),
    [{ shape: [2], dtype: 'int32' }],
    ([key]) => (key === undefined ? [] : init(key).params),
    'init'
  )
  return program.outputs.reduce((sum, { shape }) => sum + sizeOf(shape), 0)
}

type Row = readonly [layer: string, output: string, parameters: string]

const drawCount = (count: number): string => (Number.isNaN(count) ? '?' : count.toLocaleString('en-US'))

const table = (rows: readonly Row[]): string => {
  const width = (column: 0 | 1 | 2): number => Math.max(...rows.map((row) => row[column].length))
  return rows
    .map((row) => `${row[0].padEnd(width(0))}  ${row[1].padEnd(width(1))}  ${row[2].padStart(width(2))}`.trimEnd())
    .join('\n')
}

/**
 * Shows a network as a table: its layers with what they give and how many parameters they have, its problems below.
 *
 * @example
 * import { Net } from 'saddlepoint'
 * Net.show(Net.serial(Net.dense(2, 64), Net.leakyRelu(0.2), Net.dense(64, 1))).split('\n')
 * // => [
 * //   'layer           output  parameters',
 * //   'input           [2]',
 * //   'dense(2, 64)    [64]           192',
 * //   'leakyRelu(0.2)  [64]             0',
 * //   'dense(64, 1)    [1]             65',
 * //   'total                          257'
 * // ]
 */
export const show = (net: Layer, ...more: None): string => {
  requireLayer('Net.show', net)
  refuseMore('Net.show', more)
  let reached: Features = net.accepts
  const rows = (net.layers ?? [net]).map((one): Row => {
    const next = one.fit(reached)
    const known = E.isRight(next) ? next : one.fit(one.accepts)
    reached = E.isRight(known) ? known.right : undefined
    return [one.title, showFeatures(reached), drawCount(countParameters(one))]
  })
  return [
    table([
      ['layer', 'output', 'parameters'],
      ['input', showFeatures(net.accepts), ''],
      ...rows,
      ['total', '', drawCount(countParameters(net))]
    ]),
    ...net.problems.map(
      ({ path, expected, actual, hint }) => `problem at ${showPath(path)}: expected ${expected}; got ${actual}. ${hint}`
    )
  ].join('\n')
}

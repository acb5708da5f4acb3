/** Values of every kind that JavaScript hands over by mistake, and a source of chance that is the same in every run. */
import type { Tensor } from '../../src/index.ts'
import { Random, grad, relu, tensor, zeros } from '../../src/index.ts'

/** Numbers in [0, 1) by a seed (mulberry32). */
export const chance = (seed: number): (() => number) => {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

let kept: unknown
grad((y: Tensor) => {
  kept = y
  return y
})(tensor(1))
/** A value of a trace that has ended. */
const escaped = kept

const circular: Record<string, unknown> = {}
circular['itself'] = circular

const huge = 1e15

const strange: readonly (() => unknown)[] = [
  () => undefined,
  () => null,
  () => true,
  () => 0,
  () => -1,
  () => 0.5,
  () => 3,
  () => NaN,
  () => Infinity,
  () => -Infinity,
  () => 10n,
  () => Symbol('s'),
  () => '',
  () => 'relu',
  () => 'wasm',
  () => [],
  () => [1, 2],
  () => [[1, 2], [3]],
  () => [undefined],
  () => [null, [null]],
  () => ['a', 'b'],
  () => [0, -1],
  () => [tensor([1]), 2],
  () => new Float32Array([1, 2]),
  () => new Float64Array(0),
  () => new Uint8Array([1]),
  () => new BigInt64Array(1),
  () => new DataView(new ArrayBuffer(8)),
  () => new Date(0),
  () => new Map([[1, 2]]),
  () => new Set([1]),
  () => /a/,
  () => new Error('mine'),
  () => Promise.resolve(1),
  () => Promise.resolve(tensor([1])),
  () => new AbortController(),
  () => ({}),
  () => Object.create(null) as unknown,
  () => ({ axis: 0 }),
  () => ({ learningrate: 1 }),
  () => ({ length: 3 }),
  () => ({ then: 1 }),
  () => ({ shape: [2], dtype: 'float32' }),
  () => ({ shape: [2], dtype: 'float32', data: [1, 2] }),
  () => ({ shape: [2], dtype: 'float32', data: { 0: 1, 1: 2 } }),
  () => ({ shape: [3], dtype: 'float32', data: new Float32Array(2) }),
  () => ({ shape: ['a'], dtype: 'float32', data: new Float32Array(1) }),
  () => ({ shape: [1], dtype: 'float64', data: new Float64Array(1) }),
  () => ({ shape: [], dtype: 'int32', data: new Float32Array(1) }),
  () => circular,
  () => tensor(1),
  () => tensor([1, 2, 3]),
  () => zeros([0, 2]),
  () => zeros([2, 3, 1, 2]),
  () => tensor([1, 2], [2], 'int32'),
  () => tensor([true, false]),
  () => Random.key(0),
  () => escaped,
  () => (x: unknown) => x,
  () => () => undefined,
  () => () => 1,
  () => () => 'text',
  () => async () => 1,
  () =>
    function* () {
      yield 1
    },
  () => relu
]

/** Anything at all; `patient` leaves out numbers that are no mistake but a long wait. */
export const anyValue = (next: () => number, patient: boolean): unknown => {
  const at = Math.floor(next() * (strange.length + 1))
  return at === strange.length ? (patient ? -3 : huge) : strange[at]!()
}

/** A name with one letter doubled, so that it is a word that nobody reads and near the one that was meant. */
export const misspelt = (name: string, next: () => number): string => {
  const at = Math.floor(next() * name.length)
  return `${name.slice(0, at + 1)}${name.slice(at)}`
}

import { describe, expect, it } from 'vitest'
import { pipe } from '#fp-ts/function'
import * as E from '#fp-ts/Either'
import * as TE from '#fp-ts/TaskEither'
import type { EngineFault } from '../../src/engines/engine.ts'
import { reference } from '../../src/engines/reference.ts'
import { wasm } from '../../src/engines/wasm/engine.ts'
import { Net, Random, add, convert, evaluate, mul, ones, sum, tensor, where } from '../../src/index.ts'
import type { Tensor } from '../../src/index.ts'
import { treeLeaves } from '../../src/tensor/tree.ts'
import type { Engine } from '../../src/transform/compileStep.ts'
import { computeOnce } from '../../src/transform/computeOnce.ts'
import { thrown } from '../support/thrown.ts'

const key = Random.key(9)
const net = Net.serial(Net.dense(3, 4), Net.spectral(Net.dense(4, 4)), Net.dense(4, 4), Net.batchNorm(4))

/** Every kind of value: of keys, of small and large integers, of floats and integers mixed, of no input, twice the same. */
const everything = (k: Tensor, { count }: { readonly count: Tensor }) => {
  const drawn = Random.normal(k, [5])
  return {
    net: net.init(k),
    keys: [k, Random.foldIn(k, 1), Random.foldIn(k, 1)],
    drawn,
    again: drawn,
    sum: add(drawn, Random.uniform(Random.foldIn(k, 2), [5])),
    shifted: add(drawn, convert(count, 'float32')),
    counted: convert(count, 'float32'),
    rounded: convert(add(drawn, 3), 'int32'),
    large: Random.bernoulli(k, 0.5, [2000]),
    fixed: ones([3]),
    none: null
  }
}
const args = [key, { count: tensor(new Int32Array([4]), []) }] as const
const describeLeaves = (tree: unknown) => treeLeaves(tree).map(({ shape, dtype, data }) => ({ shape, dtype, data: [...data] })) // prettier-ignore

const right = async <A>(task: TE.TaskEither<EngineFault, A>): Promise<A> => {
  const result = await task()
  if (E.isLeft(result)) throw new Error(JSON.stringify(result.left))
  return result.right
}

const fault: EngineFault = { _tag: 'OutOfMemory', engine: 'failing', expected: 'a', actual: 'b', hint: 'c' }

/** The reference engine, which counts; it fails at the n-th compilation or run where told, counted from 1. */
const counting = (failing: { readonly compile?: number; readonly run?: number } = {}) => {
  const count = { compiled: 0, ran: 0, disposed: 0 }
  const inner = reference()
  const engine: Engine = {
    name: 'counting',
    compile: (program, options) =>
      ++count.compiled === failing.compile
        ? TE.left(fault)
        : pipe(
            inner.compile(program, options),
            TE.map((made) => ({
              ...made,
              run: (inputs) => (++count.ran === failing.run ? TE.left(fault) : made.run(inputs)),
              dispose: () => {
                count.disposed++
              }
            }))
          )
  }
  return { engine, count }
}

describe('computeOnce', () => {
  it('gives on the reference engine the bits of plain evaluation, and the same tree', async () => {
    const made = await right(computeOnce(everything, [...args], 'reference'))
    const plain = evaluate(everything)(...args)
    expect(describeLeaves(made)).toEqual(describeLeaves(plain))
    expect(Object.keys(made)).toEqual(Object.keys(plain))
    expect(made.none).toBeNull()
  })

  it('gives on wasm the same bits for one and two threads, exact keys, and the rest but for rounding', async () => {
    const [one, two] = await Promise.all(
      [1, 2].map((threads) => right(computeOnce(everything, [...args], wasm({ threads }))))
    )
    expect(describeLeaves(one)).toEqual(describeLeaves(two))
    const plain = evaluate(everything)(...args)
    expect(describeLeaves(one!.keys)).toEqual(describeLeaves(plain.keys))
    treeLeaves(one).forEach(({ data }, i) => {
      const expected = treeLeaves(plain)[i]!
      data.forEach((value, j) => {
        expect(Math.abs(value - expected.data[j]!)).toBeLessThan(1e-4)
      })
    })
  })

  it('gives each leaf an array of its own', async () => {
    const leaves = treeLeaves(await right(computeOnce(everything, [...args], 'reference')))
    expect(new Set(leaves.map(({ data }) => data)).size).toBe(leaves.length)
  })

  it('compiles what is alike once, runs it for each, and frees it', async () => {
    const { engine, count } = counting()
    const four = (k: Tensor) => [0, 1, 2, 3].map((i) => Random.normal(Random.foldIn(k, i), [i === 3 ? 5 : 2]))
    await right(computeOnce(four, [key], engine))
    expect(count).toEqual({ compiled: 2, ran: 4, disposed: 2 })
    const integers = counting()
    await right(computeOnce((k: Tensor) => Random.foldIn(k, 1), [key], integers.engine))
    expect(integers.count).toEqual({ compiled: 0, ran: 0, disposed: 0 })
  })

  it.each([
    [{ compile: 1 }, { compiled: 1, ran: 0, disposed: 0 }],
    [{ compile: 2 }, { compiled: 2, ran: 2, disposed: 1 }],
    [{ run: 1 }, { compiled: 1, ran: 1, disposed: 1 }],
    [{ run: 3 }, { compiled: 2, ran: 3, disposed: 2 }]
  ])('is left with the fault of an engine that fails, and frees what was compiled: %o', async (failing, expected) => {
    const { engine, count } = counting(failing)
    const three = (k: Tensor) => [0, 1, 2].map((i) => Random.normal(Random.foldIn(k, i), [i === 2 ? 5 : 2]))
    expect(await computeOnce(three, [key], engine)()).toEqual(E.left(fault))
    expect(count).toEqual(expected)
  })

  it('names itself and the engines there are', async () => {
    const untyped = computeOnce as (f: unknown, args: readonly unknown[], engine: unknown) => TE.TaskEither<EngineFault, unknown> // prettier-ignore
    expect(await untyped((k: Tensor) => k, [key], 'wasn')()).toMatchObject({ left: { _tag: 'NotAvailable' } })
    for (const [f, given] of [
      [(k: Tensor) => k, [new Date()]],
      [() => 'text', [key]]
    ] as const)
      expect(thrown(() => untyped(f, given, 'reference'))).toMatchObject({ _tag: 'InvalidTree', op: 'computeOnce' })
    expect(thrown(() => untyped(async () => key, [key], 'reference'))).toMatchObject({
      _tag: 'AsyncTrace',
      op: 'computeOnce'
    })
  })
})

describe('arguments of any kind', () => {
  const given = [
    key,
    tensor([0.5, -2, 3, 1]),
    tensor(
      Int32Array.from({ length: 3000 }, (_, i) => i * 7),
      [3000]
    ),
    tensor([true, false, true, true]),
    2.5
  ] as const
  const f = (k: Tensor, x: Tensor, large: Tensor, mask: Tensor, scale: Tensor | number) => ({
    x,
    large,
    scaled: mul(x, scale),
    drawn: add(Random.normal(k, [4]), x),
    chosen: where(mask, x, mul(x, scale)),
    shifted: add(convert(large, 'float32'), 0.5),
    sums: [sum(large), sum(convert(large, 'float32'))],
    again: mul(x, scale)
  })

  it.each(['reference', 'wasm'] as const)('give what plain evaluation gives: %s', async (engine) => {
    const made = await right(computeOnce(f as (...args: unknown[]) => unknown, [...given], engine))
    const rounded = (tree: unknown) =>
      describeLeaves(tree).map(({ data, ...aval }) => ({ ...aval, data: data.map((x) => Math.round(x * 1e5)) }))
    expect(rounded(made)).toEqual(rounded(evaluate(f)(...given)))
  })

  it('are taken at the call', async () => {
    const x = tensor([1, 2])
    const task = computeOnce((y: Tensor) => mul(y, 2), [x], 'reference')
    x.data.fill(7)
    expect([...(await right(task)).data]).toEqual([2, 4])
  })
})

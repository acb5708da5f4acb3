/** Loops with random bodies: the laws of all primitives, and the loop that is written out. */
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { withoutLoops } from '../../../src/compiler/rewrite/unrollScans.ts'
import { E, Engine, evaluate, grad, jvp, sum, vmap } from '../../../src/index.ts'
import { o } from '../../../src/primitives/vocabulary.ts'
import { prepare } from '../../../src/program/evaluate.ts'
import { openGraph } from '../../../src/program/graph.ts'
import type { Node } from '../../../src/program/node.ts'
import { nodesOf } from '../../../src/program/program.ts'
import type { Program } from '../../../src/program/program.ts'
import { isScan } from '../../../src/program/scan.ts'
import { traceInto } from '../../../src/program/trace.ts'
import { errorAgainst } from '../../../src/tensor/compare.ts'
import type { Aval, Tensor } from '../../../src/tensor/tensor.ts'
import { treeLeaves } from '../../../src/tensor/tree.ts'
import { scan as primitive } from '../../../src/transform/scan/primitive.ts'
import type { Draws } from '../../support/draws.ts'
import { draws, drawsFrom, drawTensor, numbersOf } from '../../support/draws.ts'
import type { LawName } from '../../support/laws.ts'
import { laws } from '../../support/laws.ts'
import type { Carry, RandomLoop, Slices } from '../../support/loops.ts'
import { drawLoop, policies } from '../../support/loops.ts'
import type { Policy } from '../../../src/transform/scan/scan.ts'

const float = (...shape: readonly number[]): Aval => ({ shape, dtype: 'float32' })
const loopOf = (d: Draws, custom?: boolean, keep?: Policy): RandomLoop => {
  const seed = d.int(0, 2 ** 20)
  return drawLoop(d, () => drawsFrom(seed), custom, keep)
}
const avalsOf = ({ options: { length } }: RandomLoop): readonly Aval[] => [float(2), float(2), float(), { shape: [], dtype: 'int32' }, float(length, 2), float(length), float(2)] // prettier-ignore
const argumentsOf = ([a, b, s, n, x, t, outer]: readonly Tensor[]): [Carry, Slices, Tensor] => [{ a: a!, b: b!, s: s!, n: n! }, { x: x!, t: t! }, outer!] // prettier-ignore
const programOf = (of: RandomLoop): Program =>
  traceInto(openGraph(o), avalsOf(of), (xs) => treeLeaves(of.run(...argumentsOf(xs))), 'test').program
const numbers = (avals: readonly Aval[], d: Draws): readonly Tensor[] => avals.map(({ shape, dtype }) => drawTensor(shape, () => (dtype === 'float32' ? d.real(-1, 1) : d.int(0, 3)), dtype)) // prettier-ignore
const scansIn = (of: RandomLoop): readonly Node[] => nodesOf(programOf(of).outputs).filter(isScan)

/** The loop that is written out in the language. */
const plain = (
  { options: { length, reverse }, step }: RandomLoop,
  [first, xs, outer]: [Carry, Slices, Tensor]
): readonly Tensor[] => {
  let carry = first
  const rows: (readonly Tensor[])[] = []
  for (let k = 0; k < length; k++) {
    const i = reverse ? length - 1 - k : k
    const x = o.reshape(o.slice(xs.x, [i, 0], [i + 1, 2]), [2])
    const t = o.reshape(o.slice(xs.t, [i], [i + 1]), [])
    ;[carry, rows[i]] = step(carry, { x, t }, outer)
  }
  const ys =
    rows[0]?.map((_, n) =>
      o.concat(
        rows.map((row) => o.reshape(row[n]!, [1, ...row[n]!.shape])),
        0
      )
    ) ?? []
  return [...treeLeaves(carry), ...ys]
}

describe('a scan', () => {
  const lawNames = Object.keys(laws) as readonly LawName[]
  const held = new Map<LawName, number>()

  it.each(lawNames)('obeys the law: %s', (law) => {
    fc.assert(
      fc.property(draws, (d) => {
        for (const { params, operands } of scansIn(loopOf(d, false))) {
          if (operands.length === 0) continue
          const drawn = (own: Draws): readonly Tensor[] => numbers(operands, own)
          const moves = operands.flatMap(({ dtype }, i) => (dtype === 'float32' ? [i] : []))
          const of = { params, operands: drawn, moves, smooth: true, attributes: {} }
          const own = numbersOf(d)
          if (laws[law]({ primitive, of, operands: drawn(own), draws: own })) held.set(law, (held.get(law) ?? 0) + 1)
        }
      }),
      { numRuns: 60 }
    )
    if (law !== 'nest = evaluation') expect(held.get(law)).toBeGreaterThan(10)
  })

  it.each(policies)(
    'is what the loop written out is, and its derivatives in all four orders, mapped too, keeping %s',
    (keep) => {
      const near = (a: readonly Tensor[], b: readonly Tensor[]): void => {
        // Without an iteration nobody knows what would be stacked.
        b.forEach((y, i) => {
          expect(a[i]!.shape).toEqual(y.shape)
          expect(errorAgainst(a[i]!.data, y.data)).toBeLessThan(1e-12)
        })
      }
      fc.assert(
        fc.property(draws, (d) => {
          const of = loopOf(d, true, keep)
          const point = numbers(avalsOf(of), d)
          const [a, b, s, n, x, t, outer] = point as [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]
          type Run = (of: RandomLoop, at: [Carry, Slices, Tensor]) => readonly Tensor[]
          const rolled: Run = (loop, at) => treeLeaves(loop.run(...at))
          const value =
            (run: Run) =>
            (moved: readonly Tensor[]): Tensor =>
              run(of, argumentsOf([moved[0]!, b, moved[1]!, n, moved[2]!, t, moved[3]!]))
                .filter(({ dtype }) => dtype === 'float32')
                .reduce<Tensor>((total, y) => o.add(total, sum(o.sin(y))), o.full([], 0))
          const at = [a, s, x, outer]
          const along = numbers(at, d)
          const forward =
            (f: (xs: readonly Tensor[]) => Tensor) =>
            (xs: readonly Tensor[]): Tensor =>
              jvp(f, [xs], [along])[1]
          const backward = (f: (xs: readonly Tensor[]) => Tensor) => (xs: readonly Tensor[]): Tensor =>
            (grad(f)(xs)).reduce<Tensor>((total, g, i) => o.add(total, sum(o.mul(g, o.cos(along[i]!)))), o.full([], 0)) // prettier-ignore
          const orders = [forward, backward].flatMap((first) => [first, (f: Parameters<typeof first>[0]) => forward(first(f)), (f: Parameters<typeof first>[0]) => backward(first(f))]) // prettier-ignore
          const run = (f: () => readonly Tensor[]): readonly Tensor[] => evaluate(f, { precision: 'float64' })()
          near(
            run(() => rolled(of, argumentsOf(point))),
            run(() => plain(of, argumentsOf(point)))
          )
          for (const order of orders)
            near(
              run(() => [order(value(rolled))(at)]),
              run(() => [order(value(plain))(at)])
            )
          const lanes = at.map((value) => o.concat([value, value].map((y, i) => o.reshape(o.mul(y, i + 1), [1, ...y.shape])), 0)) // prettier-ignore
          const mapped = (f: (xs: readonly Tensor[]) => Tensor): readonly Tensor[] => run(() => [vmap(f)(lanes)])
          near(mapped(backward(value(rolled))), mapped(backward(value(plain))))
        }),
        { numRuns: 40 }
      )
    }
  )

  it('is what the compiler writes out', () => {
    fc.assert(
      fc.property(draws, (d) => {
        const of = loopOf(d)
        const program = programOf(of)
        const inputs = numbers(avalsOf(of), d).map(({ data }) => data)
        const flat = withoutLoops(program)
        expect(nodesOf(flat.outputs).some(isScan)).toBe(false)
        const [wanted, actual] = [program, flat].map((p) => prepare(p, 'float64')(inputs)) as [readonly Tensor['data'][], readonly Tensor['data'][]] // prettier-ignore
        wanted.forEach((data, i) => {
          expect(errorAgainst(actual[i]!, data)).toBeLessThan(1e-13)
        })
      }),
      { numRuns: 100 }
    )
  })

  it('computes the same on wasm, to the bit on any number of threads', async () => {
    for (let seed = 0; seed < 30; seed++) {
      const of = loopOf(drawsFrom(seed), true, policies[seed % 3])
      const loss = (xs: readonly Tensor[]): Tensor => treeLeaves(of.run(...argumentsOf(xs))).filter(({ dtype }) => dtype === 'float32').reduce<Tensor>((total, y) => o.add(total, sum(o.sin(y))), o.full([], 0)) // prettier-ignore
      const slopes = (xs: readonly Tensor[]): readonly Tensor[] => grad(([a, outer]: readonly Tensor[]) => loss([a!, ...xs.slice(1, 6), outer!]))([xs[0]!, xs[6]!]) // prettier-ignore
      const program = traceInto(openGraph(o), avalsOf(of), (xs) => [treeLeaves(of.run(...argumentsOf(xs))), slopes(xs)], 'test').program // prettier-ignore
      const inputs = numbers(avalsOf(of), drawsFrom(seed)).map(({ data }) => (data instanceof Float64Array ? Float32Array.from(data) : data)) // prettier-ignore
      const wanted = prepare(program, 'float32')(inputs)
      const results: (readonly Tensor['data'][])[] = []
      for (const threads of [1, 3]) {
        const made = await Engine.wasm({ threads }).compile(program)()
        if (E.isLeft(made)) throw new Error(JSON.stringify(made.left))
        for (let run = 0; run < 2; run++) {
          const result = await made.right.run(inputs)()
          if (E.isRight(result)) results.push(result.right)
        }
        made.right.dispose()
      }
      expect(results.length).toBe(4)
      for (const result of results) expect(result).toEqual(results[0])
      wanted.forEach((data, i) => {
        expect(errorAgainst(results[0]![i]!, data)).toBeLessThan(1e-5)
      })
    }
  })

  afterAll(() => {
    process.stdout.write(
      `Times each law was checked of scans: ${lawNames.map((law) => `${law} ${String(held.get(law) ?? 0)}`).join('; ')}\n`
    )
  })
})

it('is drawn with every length, direction and policy', () => {
  const seen = fc.sample(draws, 300).map((d) => loopOf(d).options)
  expect(new Set(seen.map(({ length }) => length)).size).toBe(5)
  expect(new Set(seen.map(({ reverse, keep }) => `${String(reverse)} ${keep}`)).size).toBe(6)
})

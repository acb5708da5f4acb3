/** Linear algebra against values that PyTorch computed, to second order: test/fixtures/linalg.json, whose `doc` says how. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { cholesky, eigh, qr, singularValues, svd } from '../../src/linalg/decompositions.ts'
import { matrixSqrt } from '../../src/linalg/matrixSqrt.ts'
import type { TriangularSolveOptions } from '../../src/linalg/solve.ts'
import { inverse, logdet, solve, triangularSolve } from '../../src/linalg/solve.ts'
import { errorAgainst } from '../../src/tensor/compare.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'
import { jvp } from '../../src/transform/jvp.ts'
import { vjp } from '../../src/transform/vjp.ts'
import { namedEngine, toleranceOf, waysOf } from '../support/engineUnderTest.ts'
import { narrow, programOf, rightOf } from '../support/programs.ts'

interface Stored {
  readonly shape: readonly number[]
  readonly data: readonly number[]
}
interface Case {
  readonly name: string
  readonly op: string
  readonly options: TriangularSolveOptions | null
  readonly inputs: readonly Stored[]
  readonly outputs: readonly Stored[]
  /** All of these, or none. */
  readonly cotangents?: readonly Stored[]
  readonly tangents?: readonly Stored[]
  readonly vjp?: readonly Stored[]
  readonly jvp?: readonly Stored[]
  readonly hvp?: readonly Stored[]
}

const file = new URL('../fixtures/linalg.json', import.meta.url)
const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { readonly cases: readonly Case[] }

type Map = (...xs: Tensor[]) => Tensor[]

const functions: Readonly<Record<string, (options: TriangularSolveOptions | null) => Map>> = {
  cholesky: () => (a) => [cholesky(a)],
  eigh: () => (a) => eigh(a),
  qr: () => (a) => qr(a),
  svd: () => (a) => svd(a),
  singularValues: () => (a) => [singularValues(a)],
  triangularSolve: (options) => (a, b) => [triangularSolve(a, b, options!)],
  solve: () => (a, b) => [solve(a, b)],
  inverse: () => (a) => [inverse(a)],
  logdet: () => (a) => [logdet(a)],
  matrixSqrt: () => (a) => [matrixSqrt(a)]
}

const tensorOf = ({ shape, data }: Stored): Tensor => ({ shape, dtype: 'float32', data: new Float64Array(data) })
const all = (stored: readonly Stored[] = []): Tensor[] => stored.map(tensorOf)

/** Values, then derivatives where the case has some. */
const resultsOf = (f: Map, of: Case, inputs: Tensor[], tangents: Tensor[], cotangents: Tensor[]): Tensor[] => {
  if (of.vjp === undefined) return f(...inputs)
  const back = (...xs: Tensor[]): Tensor[] => vjp(f, ...xs)[1](cotangents)
  return [...f(...inputs), ...back(...inputs), ...jvp(f, inputs, tangents)[1], ...jvp(back, inputs, tangents)[1]]
}

const expectedOf = (of: Case): readonly Stored[] => [
  ...of.outputs,
  ...(of.vjp ?? []),
  ...(of.jvp ?? []),
  ...(of.hvp ?? [])
]

const expectNear = (actual: readonly Tensor[], of: Case, tolerance: number): void => {
  const expected = expectedOf(of)
  expect(actual).toHaveLength(expected.length)
  expected.forEach(({ shape, data }, i) => {
    expect(actual[i]!.shape).toEqual(shape)
    expect(errorAgainst(actual[i]!.data, data), `result ${String(i)}`).toBeLessThan(tolerance)
  })
}

it('has cases of every function', () => {
  expect([...new Set(cases.map(({ op }) => op))].sort()).toEqual(Object.keys(functions).sort())
})

describe.each(cases)('$name', (of) => {
  const f = functions[of.op]!(of.options)

  it('in double precision', () => {
    const inputs = all(of.inputs)
    expectNear(resultsOf(f, of, inputs, all(of.tangents), all(of.cotangents)), of, 1e-10)
  })

  // Hilbert's matrix is as good as singular in single precision.
  it.runIf(of.vjp !== undefined)('compiled', async () => {
    const engine = namedEngine ?? 'wasm'
    const groups = [all(of.inputs), all(of.tangents), all(of.cotangents)].map((xs) => xs.map(narrow))
    const args = groups.flat()
    const counts = groups.map(({ length }) => length)
    const program = programOf((...xs) => {
      const [n, m] = [counts[0]!, counts[0]! + counts[1]!]
      return resultsOf(f, of, xs.slice(0, n), xs.slice(n, m), xs.slice(m))
    }, args)
    for (const way of await waysOf(engine)) {
      const executable = rightOf(await way.compile(program)())
      const data = rightOf(await executable.run(args.map((x) => x.data))())
      executable.dispose()
      const results = program.outputs.map(({ shape, dtype }, i) => ({ shape, dtype, data: data[i]! }))
      expectNear(results, of, toleranceOf(engine).cases)
    }
  })
})

import { call, defineFunction, f64, forRange, i32, ifThen, leave, memory, sharedFunction } from '../encoder/index.ts'
import type { Code, Module, Operand } from '../encoder/index.ts'
import type { Routine } from '../../../src/compiler/schedule.ts'
import { leastPivot } from '../../../src/primitives/reference/factor.ts'
import type { Emission, Site } from '../stages/stage.ts'
import { emitMatrices } from './matrices.ts'
import { readSymmetric } from './symmetric.ts'
import { dot, element, narrow, poison } from './vectors.ts'

/**
 * Defines what factors the n x n doubles at w in place, of which the lower triangle is read. Calls give whether they are
 * positive definite.
 */
const factoring = (module: Module): ((w: Operand<'i32'>, n: Operand<'i32'>) => Code<'i32'>) => {
  const inner = dot(module)
  const ref = sharedFunction(module, 'cholesky', () =>
    defineFunction(module, { params: { w: 'i32', n: 'i32' }, result: 'i32' }, (scope, { w, n }) => {
      const [i, j, row, other, at, step] = scope.locals('i32', 6)
      const pivot = scope.local('f64')
      const least = f64.mul(f64.mul(f64.convertI32S(n), leastPivot), f64.load(at))
      return [
        step.set(i32.mul(n, 8)),
        row.set(w),
        forRange(i, 0, n, 1, [
          at.set(row),
          other.set(w),
          forRange(j, 0, i, 1, [
            f64.store(at, f64.div(f64.sub(f64.load(at), inner(row, other, j)), f64.load(element(other, j)))),
            at.set(i32.add(at, 8)),
            other.set(i32.add(other, step))
          ]),
          pivot.set(f64.sub(f64.load(at), inner(row, row, i))),
          ifThen(i32.eqz(f64.gt(pivot, least)), leave(i32.const(0))),
          f64.store(at, f64.sqrt(pivot)),
          row.set(i32.add(row, step))
        ]),
        leave(i32.const(1))
      ]
    })
  )
  return (w, n) => call(ref, { w, n })
}

/** Emits the factors of symmetric matrices, by rows; one that is not positive definite gives NaN. */
export const emitCholesky = (site: Site, kernel: Routine): Emission => {
  const { module } = site
  const n = kernel.result.shape.at(-1)!
  const [read, factor, write, refuse] = [readSymmetric(module), factoring(module), narrow(module), poison(module)]
  const cost = n ** 3 / 6 + 12 * n ** 2
  return emitMatrices(site, kernel, { cost, scratchBytes: n * n * 8 }, (scope, { operands: [a], result, scratch }) => {
    const [i, from, fits] = scope.locals('i32', 3)
    return [
      fits.set(read(a!, scratch, n)),
      ifThen(fits, fits.set(factor(scratch, n))),
      ifThen(
        fits,
        [
          from.set(scratch),
          memory.fill(result, 0, n * n * 4),
          forRange(i, 0, n, 1, [
            write(from, result, i32.add(i, 1)),
            from.set(i32.add(from, n * 8)),
            result.set(i32.add(result, n * 4))
          ])
        ],
        refuse(result, n * n)
      )
    ]
  })
}

import { call, defineFunction, f32, f64, f64x2, forRange, i32, leave, sharedFunction, v128 } from '../encoder/index.ts'
import type { Code, Module, Operand } from '../encoder/index.ts'

/**
 * The loops of src/primitives/reference/vectors.ts over doubles in memory, in the same order of additions, so that they
 * give the same bits. Each defines its function in a module, and returns what makes calls of it. All addresses are in bytes;
 * n counts elements.
 */

type I32 = Operand<'i32'>

/** The address of double number i from an address on. */
export const element = (base: I32, i: I32): Code<'i32'> => i32.add(base, i32.mul(i, 8))

const wholeOf = (n: Code<'i32'>, vector: 2 | 4): Code<'i32'> => i32.and(n, -vector)

/** The inner product of the n doubles at x and those at y. */
export const dot = (module: Module): ((x: I32, y: I32, n: I32) => Code<'f64'>) => {
  const ref = sharedFunction(module, 'dot', () =>
    defineFunction(module, { params: { x: 'i32', y: 'i32', n: 'i32' }, result: 'f64' }, (scope, { x, y, n }) => {
      const [k, whole] = scope.locals('i32', 2)
      const [even, odd] = scope.locals('v128', 2)
      const sum = scope.local('f64')
      const product = (offset: number): Code<'v128'> => f64x2.mul(v128.load(x, offset), v128.load(y, offset))
      return [
        whole.set(wholeOf(n, 4)),
        forRange(k, 0, whole, 4, [
          even.set(f64x2.add(even, product(0))),
          odd.set(f64x2.add(odd, product(16))),
          x.set(i32.add(x, 32)),
          y.set(i32.add(y, 32))
        ]),
        even.set(f64x2.add(even, odd)),
        sum.set(f64.add(f64x2.extractLane(even, 0), f64x2.extractLane(even, 1))),
        forRange(k, whole, n, 1, [
          sum.set(f64.add(sum, f64.mul(f64.load(x), f64.load(y)))),
          x.set(i32.add(x, 8)),
          y.set(i32.add(y, 8))
        ]),
        leave(sum)
      ]
    })
  )
  return (x, y, n) => call(ref, { x, y, n })
}

/** Adds c times the n doubles at x to those at y. */
export const addScaled = (module: Module): ((c: Operand<'f64'>, x: I32, y: I32, n: I32) => Code) => {
  const ref = sharedFunction(module, 'addScaled', () =>
    defineFunction(module, { params: { c: 'f64', x: 'i32', y: 'i32', n: 'i32' } }, (scope, { c, x, y, n }) => {
      const [k, whole] = scope.locals('i32', 2)
      const factor = scope.local('v128')
      const pair = (offset: number): Code =>
        v128.store(y, f64x2.add(v128.load(y, offset), f64x2.mul(factor, v128.load(x, offset))), offset)
      return [
        factor.set(f64x2.splat(c)),
        whole.set(wholeOf(n, 4)),
        forRange(k, 0, whole, 4, [pair(0), pair(16), x.set(i32.add(x, 32)), y.set(i32.add(y, 32))]),
        forRange(k, whole, n, 1, [
          f64.store(y, f64.add(f64.load(y), f64.mul(c, f64.load(x)))),
          x.set(i32.add(x, 8)),
          y.set(i32.add(y, 8))
        ])
      ]
    })
  )
  return (c, x, y, n) => call(ref, { c, x, y, n })
}

/** Multiplies the n doubles at x by c. */
export const scale = (module: Module): ((c: Operand<'f64'>, x: I32, n: I32) => Code) => {
  const ref = sharedFunction(module, 'scale', () =>
    defineFunction(module, { params: { c: 'f64', x: 'i32', n: 'i32' } }, (scope, { c, x, n }) => {
      const [k, whole] = scope.locals('i32', 2)
      const factor = scope.local('v128')
      return [
        factor.set(f64x2.splat(c)),
        whole.set(wholeOf(n, 2)),
        forRange(k, 0, whole, 2, [v128.store(x, f64x2.mul(v128.load(x), factor)), x.set(i32.add(x, 16))]),
        forRange(k, whole, n, 1, f64.store(x, f64.mul(f64.load(x), c)))
      ]
    })
  )
  return (c, x, n) => call(ref, { c, x, n })
}

/** Turns the n doubles at x and those at y: (c x - s y, s x + c y). */
export const rotate = (module: Module): ((c: Operand<'f64'>, s: Operand<'f64'>, x: I32, y: I32, n: I32) => Code) => {
  const params = { c: 'f64', s: 'f64', x: 'i32', y: 'i32', n: 'i32' } as const
  const ref = sharedFunction(module, 'rotate', () =>
    defineFunction(module, { params }, (scope, { c, s, x, y, n }) => {
      const [k, whole] = scope.locals('i32', 2)
      const [cc, ss, a, b] = scope.locals('v128', 4)
      const [p, q] = scope.locals('f64', 2)
      const pair = (offset: number): readonly Code[] => [
        a.set(v128.load(x, offset)),
        b.set(v128.load(y, offset)),
        v128.store(x, f64x2.sub(f64x2.mul(cc, a), f64x2.mul(ss, b)), offset),
        v128.store(y, f64x2.add(f64x2.mul(ss, a), f64x2.mul(cc, b)), offset)
      ]
      return [
        cc.set(f64x2.splat(c)),
        ss.set(f64x2.splat(s)),
        whole.set(wholeOf(n, 4)),
        forRange(k, 0, whole, 4, [pair(0), pair(16), x.set(i32.add(x, 32)), y.set(i32.add(y, 32))]),
        forRange(k, whole, n, 1, [
          p.set(f64.load(x)),
          q.set(f64.load(y)),
          f64.store(x, f64.sub(f64.mul(c, p), f64.mul(s, q))),
          f64.store(y, f64.add(f64.mul(s, p), f64.mul(c, q))),
          x.set(i32.add(x, 8)),
          y.set(i32.add(y, 8))
        ])
      ]
    })
  )
  return (c, s, x, y, n) => call(ref, { c, s, x, y, n })
}

/** Copies n numbers from `from` to `to`, which lie so many bytes apart, with a change of type. */
const converting =
  (
    name: string,
    [readBytes, writtenBytes]: readonly [number, number],
    copy: (to: Code<'i32'>, from: Code<'i32'>) => Code
  ) =>
  (module: Module): ((from: I32, to: I32, n: I32, apart?: I32) => Code) => {
    const params = { from: 'i32', to: 'i32', n: 'i32', apart: 'i32' } as const
    const ref = sharedFunction(module, name, () =>
      defineFunction(module, { params }, (scope, { from, to, n, apart }) => {
        const k = scope.local('i32')
        return forRange(k, 0, n, 1, [copy(to, from), from.set(i32.add(from, readBytes)), to.set(i32.add(to, apart))])
      })
    )
    return (from, to, n, apart = writtenBytes) => call(ref, { from, to, n, apart })
  }

/** Writes the n floats at `from` as doubles at `to`, so many bytes apart. */
export const widen = converting('widen', [4, 8], (to, from) => f64.store(to, f64.promoteF32(f32.load(from))))

/** Writes the n doubles at `from` as floats at `to`, so many bytes apart. */
export const narrow = converting('narrow', [8, 4], (to, from) => f32.store(to, f32.demoteF64(f64.load(from))))

/** Fills the n floats at `to` with NaN. */
export const poison = (module: Module): ((to: I32, n: I32) => Code) => {
  const ref = sharedFunction(module, 'poison', () =>
    defineFunction(module, { params: { to: 'i32', n: 'i32' } }, (scope, { to, n }) => {
      const k = scope.local('i32')
      return forRange(k, 0, n, 1, [f32.store(to, NaN), to.set(i32.add(to, 4))])
    })
  )
  return (to, n) => call(ref, { to, n })
}

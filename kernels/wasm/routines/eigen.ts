import {
  block,
  branch,
  branchIf,
  call,
  defineFunction,
  f64,
  forRange,
  i32,
  ifThen,
  leave,
  loop,
  memory,
  select,
  sharedFunction
} from '../encoder/index.ts'
import type { Body, Code, FunctionRef, Local, Module, Operand } from '../encoder/index.ts'
import { mostSteps } from '../../../src/primitives/reference/eigen.ts'
import { addScaled, dot, element, rotate } from './vectors.ts'

/**
 * src/primitives/reference/eigen.ts over doubles in memory: the same operations in the same order, which give the same bits.
 * That file says what they do.
 */

/** Addresses of what the steps work on, v being 0 where no vectors are asked for, and n. */
const params = { a: 'i32', v: 'i32', d: 'i32', e: 'i32', tau: 'i32', q: 'i32', n: 'i32' } as const
type Memory = Readonly<Record<keyof typeof params, Operand<'i32'>>>
type Step<R extends 'none' | 'i32'> = FunctionRef<typeof params, R>

/** The address of the double at row i and column j of an n x n matrix. */
const place = (base: Operand<'i32'>, i: Operand<'i32'>, j: Operand<'i32'>, n: Operand<'i32'>): Code<'i32'> =>
  element(base, i32.add(i32.mul(i, n), j))

const tridiagonalize = (module: Module): Step<'none'> => {
  const [inner, add] = [dot(module), addScaled(module)]
  return defineFunction(module, { params }, (scope, { a, d, e, tau, q, n }) => {
    const [k, i, row, first, left, own, line] = scope.locals('i32', 7)
    const [rest, head, length, shifted, factor] = scope.locals('f64', 5)
    const end = (locals: Local<'i32'>): Code<'i32'> => element(q, locals)
    return forRange(k, 0, n, 1, [
      first.set(i32.add(k, 1)),
      left.set(i32.sub(n, first)),
      row.set(place(a, k, first, n)),
      f64.store(element(d, k), f64.load(place(a, k, k, n))),
      f64.store(element(tau, k), 0),
      f64.store(element(e, k), 0),
      rest.set(0),
      ifThen(i32.gtS(left, 0), f64.store(element(e, k), f64.load(row))),
      ifThen(i32.gtS(left, 1), rest.set(inner(i32.add(row, 8), i32.add(row, 8), i32.sub(left, 1)))),
      ifThen(f64.ne(rest, 0), [
        head.set(f64.load(row)),
        length.set(f64.sqrt(f64.add(f64.mul(head, head), rest))),
        ifThen(f64.lt(head, 0), [], length.set(f64.neg(length))),
        // The length with the sign that the element beside the diagonal gets.
        shifted.set(f64.sub(head, length)),
        factor.set(f64.div(2, f64.add(f64.mul(shifted, shifted), rest))),
        f64.store(row, shifted),
        f64.store(element(e, k), length),
        f64.store(element(tau, k), factor),
        forRange(i, first, n, 1, f64.store(end(i), f64.mul(factor, inner(place(a, i, first, n), row, left)))),
        add(f64.mul(f64.mul(-0.5, factor), inner(end(first), row, left)), row, end(first), left),
        own.set(row),
        forRange(i, first, n, 1, [
          line.set(place(a, i, first, n)),
          add(f64.neg(f64.load(own)), end(first), line, left),
          add(f64.neg(f64.load(end(i))), row, line, left),
          own.set(i32.add(own, 8))
        ])
      ])
    ])
  })
}

const accumulate = (module: Module): Step<'none'> => {
  const [inner, add] = [dot(module), addScaled(module)]
  return defineFunction(module, { params }, (scope, { a, v, tau, n }) => {
    const [k, i, row, first, left, line] = scope.locals('i32', 6)
    const factor = scope.local('f64')
    const reflect: Body = [
      first.set(i32.add(k, 1)),
      left.set(i32.sub(n, first)),
      row.set(place(a, k, first, n)),
      forRange(i, first, n, 1, [
        line.set(place(v, i, first, n)),
        add(f64.mul(f64.neg(factor), inner(line, row, left)), row, line, left)
      ])
    ]
    return [
      memory.fill(v, 0, i32.mul(i32.mul(n, n), 8)),
      forRange(i, 0, n, 1, f64.store(place(v, i, i, n), 1)),
      k.set(i32.sub(n, 3)),
      block((done) => [
        loop((again) => [
          branchIf(done, i32.ltS(k, 0)),
          factor.set(f64.load(element(tau, k))),
          ifThen(f64.ne(factor, 0), reflect),
          k.set(i32.sub(k, 1)),
          branch(again)
        ])
      ])
    ]
  })
}

const diagonalize = (module: Module): Step<'i32'> => {
  const turn = rotate(module)
  return defineFunction(module, { params, result: 'i32' }, (scope, { v, d, e, n }) => {
    const [l, m, step, i] = scope.locals('i32', 4)
    const [shift, size, before, p, root, next, moved, beside, own] = scope.locals('f64', 9)
    const [c, c2, c3, s, s2, g, h, r] = scope.locals('f64', 8)
    const at = (base: Local<'i32'>, index: Operand<'i32'>): Code<'f64'> => f64.load(element(base, index))
    const put = (base: Local<'i32'>, index: Operand<'i32'>, value: Operand<'f64'>): Code =>
      f64.store(element(base, index), value)
    const after = i32.add(l, 1)

    /** Moves m to the first place from l on where the matrix falls apart. */
    const findSplit: Body = [
      m.set(l),
      block((found) => [
        loop((again) => [
          branchIf(found, i32.geS(m, i32.sub(n, 1))),
          branchIf(found, f64.le(f64.abs(at(e, m)), f64.mul(2 ** -52, size))),
          m.set(i32.add(m, 1)),
          branch(again)
        ])
      ])
    ]
    const shiftValues: Body = [
      before.set(at(d, l)),
      p.set(f64.div(f64.sub(at(d, after), before), f64.mul(2, at(e, l)))),
      root.set(f64.sqrt(f64.add(f64.mul(p, p), 1))),
      root.set(select('f64', f64.lt(p, 0), f64.sub(p, root), f64.add(p, root))),
      next.set(f64.mul(at(e, l), root)),
      put(d, l, f64.div(at(e, l), root)),
      put(d, after, next),
      moved.set(f64.sub(before, at(d, l))),
      forRange(i, i32.add(l, 2), n, 1, put(d, i, f64.sub(at(d, i), moved))),
      shift.set(f64.add(shift, moved))
    ]
    const chase: Body = [
      c3.set(c2),
      c2.set(c),
      s2.set(s),
      g.set(f64.mul(c, at(e, i))),
      h.set(f64.mul(c, p)),
      r.set(f64.sqrt(f64.add(f64.mul(p, p), f64.mul(at(e, i), at(e, i))))),
      put(e, i32.add(i, 1), f64.mul(s, r)),
      s.set(f64.div(at(e, i), r)),
      c.set(f64.div(p, r)),
      p.set(f64.sub(f64.mul(c, at(d, i)), f64.mul(s, g))),
      put(d, i32.add(i, 1), f64.add(h, f64.mul(s, f64.add(f64.mul(c, g), f64.mul(s, at(d, i)))))),
      ifThen(v, turn(c, s, place(v, i, 0, n), place(v, i32.add(i, 1), 0, n), n))
    ]
    const iterate: Body = [
      shiftValues,
      beside.set(at(e, after)),
      own.set(at(e, l)),
      c.set(1),
      c2.set(1),
      c3.set(1),
      s.set(0),
      s2.set(0),
      p.set(at(d, m)),
      i.set(i32.sub(m, 1)),
      loop((again) => [chase, i.set(i32.sub(i, 1)), branchIf(again, i32.geS(i, l))]),
      p.set(f64.div(f64.mul(f64.mul(f64.mul(f64.mul(f64.neg(s), s2), c3), beside), own), next)),
      put(e, l, f64.mul(s, p)),
      put(d, l, f64.mul(c, p))
    ]
    return [
      forRange(l, 0, n, 1, [
        size.set(f64.max(size, f64.add(f64.abs(at(d, l)), f64.abs(at(e, l))))),
        step.set(0),
        block((found) => [
          loop((again) => [
            findSplit,
            branchIf(found, i32.eq(m, l)),
            ifThen(i32.eq(step, mostSteps), leave(i32.const(0))),
            iterate,
            step.set(i32.add(step, 1)),
            branch(again)
          ])
        ]),
        put(d, l, f64.add(at(d, l), shift)),
        put(e, l, 0)
      ]),
      leave(i32.const(1))
    ]
  })
}

/** Defines what finds eigenvalues, and eigenvectors where v is an address. Calls give whether it did. */
export const decomposing = (module: Module): ((memory: Omit<Memory, 'v'> & Partial<Memory>) => Code<'i32'>) => {
  const ref = sharedFunction(module, 'eigen', () => {
    const [first, second, third] = [tridiagonalize(module), accumulate(module), diagonalize(module)]
    return defineFunction(module, { params, result: 'i32' }, (_, memory) => [
      call(first, memory),
      ifThen(memory.v, call(second, memory)),
      leave(call(third, memory))
    ])
  })
  return (memory) => call(ref, { v: 0, ...memory })
}

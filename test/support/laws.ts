import { interpret } from '../../src/nest/interpret.ts'
import { o } from '../../src/primitives/vocabulary.ts'
import { call } from '../../src/program/call.ts'
import type { AnyPrimitive } from '../../src/program/primitive.ts'
import { errorAgainst } from '../../src/tensor/compare.ts'
import { precisionOf } from '../../src/tensor/dtype.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'
import { evaluate } from '../../src/transform/evaluate.ts'
import { jvp } from '../../src/transform/jvp.ts'
import { vjp } from '../../src/transform/vjp.ts'
import { vmap } from '../../src/transform/vmap.ts'
import type { Case } from './arbitraries.ts'
import type { Draws } from './draws.ts'
import { drawTensor } from './draws.ts'

/** A function of tensors, as the transformations take it. */
export type Map = (...xs: Tensor[]) => Tensor[]

/** One application: the primitive, a case of it, operands drawn for it, and further draws. */
export interface Trial {
  readonly primitive: AnyPrimitive
  readonly of: Case
  readonly operands: readonly Tensor[]
  readonly draws: Draws
}

/** Throws where it does not hold; says whether it had anything to say. */
export type Law = (trial: Trial) => boolean

const wholeMap =
  ({ primitive, of }: Trial): Map =>
  (...xs) => [call(primitive, of.params, xs)]

/** The primitive as a function of the operands that may be differentiated, the others held. */
const movingMap =
  ({ primitive, of, operands }: Trial): Map =>
  (...xs) => {
    const all = [...operands]
    of.moves.forEach((operand, i) => (all[operand] = xs[i]!))
    return [call(primitive, of.params, all)]
  }

const near = (what: string, actual: readonly Tensor[], expected: readonly Tensor[], tolerance: number): void => {
  expected.forEach((e, i) => {
    const a = actual[i]!
    const place = `${what}, result ${String(i)}`
    if (a.dtype !== e.dtype || a.shape.join() !== e.shape.join())
      throw new Error(`${place}: ${a.dtype}[${a.shape.join()}], not ${e.dtype}[${e.shape.join()}]`)
    const error = errorAgainst(a.data, e.data)
    if (!(error <= tolerance))
      throw new Error(`${place}: off by ${String(error)}\n  [${a.data.join()}]\n  not [${e.data.join()}]`)
  })
}

/** A direction to move in, or a covector to measure with. */
const directions = (d: Draws, xs: readonly Tensor[]): Tensor[] =>
  xs.map(({ shape, dtype }) => drawTensor(shape, () => (dtype === 'float32' ? d.real(-1, 1) : 0), dtype))

const inner = (xs: readonly Tensor[], ys: readonly Tensor[]): { readonly sum: number; readonly scale: number } => {
  let sum = 0
  let scale = 1
  xs.forEach((x, k) => {
    if (x.dtype !== 'float32') return
    for (let i = 0; i < x.data.length; i++) {
      const term = x.data[i]! * ys[k]!.data[i]!
      sum += term
      scale += Math.abs(term)
    }
  })
  return { sum, scale }
}

const moved = (xs: readonly Tensor[], ts: readonly Tensor[], step: number): Tensor[] =>
  xs.map((x, k) => ({ ...x, data: x.data.map((value, i) => value + step * ts[k]!.data[i]!) }))

/** Averages the matrices of x with their transposes. */
const symmetrized = (x: Tensor): Tensor => {
  const n = x.shape.at(-1)!
  const mirror = (i: number): number => i - (i % (n * n)) + (i % n) * n + Math.floor((i % (n * n)) / n)
  return { ...x, data: x.data.map((value, i) => (value + x.data[mirror(i)]!) / 2) }
}

/** What directions the operands that move may move in: of those that are symmetric, symmetric ones. */
const allowedBy =
  ({ moves, symmetric = [] }: Case) =>
  (ts: readonly Tensor[]): readonly Tensor[] =>
    ts.map((t, i) => (i < moves.length && symmetric.includes(moves[i]!) ? symmetrized(t) : t))

type Allowed = ReturnType<typeof allowedBy>

/** The tangent against the quotient of central differences: in double its error is about 1e-10. */
const followsDifferences = (what: string, f: Map, xs: readonly Tensor[], d: Draws, allowed: Allowed): void => {
  const step = 1e-5
  const ts = [...allowed(directions(d, xs))]
  const [ahead, behind] = [f(...moved(xs, ts, step)), f(...moved(xs, ts, -step))]
  const quotients = ahead.map((y, k) => ({
    ...y,
    data: y.data.map((value, i) => (value - behind[k]!.data[i]!) / (2 * step))
  }))
  near(what, jvp(f, [...xs], ts)[1], quotients, 1e-7)
}

/** <J t, c> = <t, J'c>. */
const isAdjoint = (what: string, f: Map, xs: readonly Tensor[], d: Draws): void => {
  const ts = directions(d, xs)
  const [ys, forward] = jvp(f, [...xs], ts)
  const cs = directions(d, ys)
  const left = inner(forward, cs)
  const back = vjp(f, ...xs)[1](cs)
  const right = inner(ts, back)
  if (!(Math.abs(left.sum - right.sum) <= 1e-11 * Math.max(left.scale, right.scale)))
    throw new Error(`${what}: <J t, c> = ${String(left.sum)} but <t, J'c> = ${String(right.sum)}`)
}

/** (x, c) to J(x)'c: what differentiating in reverse makes of f. */
const pullbackMap =
  (f: Map, count: number): Map =>
  (...args) =>
    vjp(f, ...args.slice(0, count))[1](args.slice(count))

/** (x, t) to J(x) t. */
const pushforwardMap =
  (f: Map, count: number): Map =>
  (...args) =>
    jvp(f, args.slice(0, count), args.slice(count))[1]

const differentiable = ({ of }: Trial): boolean => of.moves.length > 0
const movingOperands = ({ of, operands }: Trial): readonly Tensor[] => of.moves.map((i) => operands[i]!)

/** Slice `lane` of the leading axis. */
const laneOf = (x: Tensor, lane: number): Tensor => {
  const size = x.data.length / x.shape[0]!
  return { ...x, shape: x.shape.slice(1), data: x.data.slice(lane * size, (lane + 1) * size) }
}

const stack = (xs: readonly Tensor[]): Tensor => {
  const [first] = xs as [Tensor]
  const data = first.data.slice(0, 0).constructor as new (size: number) => Tensor['data']
  const all = new data(first.data.length * xs.length)
  xs.forEach((x, i) => all.set(x.data, i * first.data.length))
  return { shape: [xs.length, ...first.shape], dtype: first.dtype, data: all }
}

/** vmap of f over the marked arguments against f of each lane. */
const mapsLanes = (what: string, f: Map, args: readonly Tensor[], marks: readonly boolean[], size: number): void => {
  const lanes = Array.from({ length: size }, (_, lane) => f(...args.map((x, i) => (marks[i]! ? laneOf(x, lane) : x))))
  const expected = lanes[0]!.map((_, k) => stack(lanes.map((ys) => ys[k]!)))
  near(what, vmap(f, { inAxes: marks.map((mark) => (mark ? 0 : null)) })(...args), expected, 1e-12)
}

/** Which operands have the new axis: one at least. */
const drawMarks = (d: Draws, count: number): readonly boolean[] => {
  const sure = d.int(0, count - 1)
  return Array.from({ length: count }, (_, i) => i === sure || d.chance(0.5))
}

const literalsFor = { float32: [-1, 0, 0.5, 1, 2, 3], int32: [-1, 0, 1, 2], bool: [0, 1] } as const

export const laws = {
  'eager = traced': (trial) => {
    const eager = wholeMap(trial)(...trial.operands)
    near('traced', evaluate(wholeMap(trial), { precision: 'float64' })(...trial.operands), eager, 0)
    return true
  },

  'nest = evaluation': ({ primitive, of: { params }, operands }) => {
    const expected = call(primitive, params, operands)
    const lowering = primitive.lower(operands, expected, params)
    if (lowering.kind === 'routine') return false
    const data =
      lowering.kind === 'alias'
        ? operands[lowering.operand]!.data
        : interpret(lowering, operands, precisionOf([expected.data]))
    near('nest', [{ ...expected, data }], [expected], 1e-12)
    return true
  },

  // A literal is what simplifications feed on; the same number in a constant array is nothing to them.
  'literal = constant': ({ primitive, of, operands, draws }) => {
    if (operands.length === 0 || of.constant?.length === 0) return false
    const drawn = drawMarks(draws, operands.length)
    const marks = drawn.map((mark, i) => mark && (of.constant?.includes(i) ?? true))
    const values = operands.map(({ dtype }) => draws.pick<number>(literalsFor[dtype]))
    const moves = of.moves.filter((i) => !marks[i]!)
    const holding =
      (held: (like: Tensor, value: number) => Tensor): Map =>
      (...xs) => {
        const all = operands.map((x, i) => (marks[i]! ? held(x, values[i]!) : x))
        moves.forEach((operand, i) => (all[operand] = xs[i]!))
        return [call(primitive, of.params, all)]
      }
    const simplified = holding(({ shape, dtype }, value) => o.full(shape, value, dtype))
    const plain = holding(({ shape, dtype }, value) => drawTensor(shape, () => value, dtype))
    const xs = moves.map((i) => operands[i]!)
    const run = (f: Map): Map => evaluate(f, { precision: 'float64' })
    const results = run(plain)(...xs)
    near('value', run(simplified)(...xs), results, 1e-14)
    if (moves.length === 0) return true
    const ts = directions(draws, xs)
    near('jvp', jvp(simplified, xs, ts)[1], jvp(plain, xs, ts)[1], 1e-13)
    const args = [...xs, ...directions(draws, results)]
    const more = directions(draws, args)
    const second = (f: Map): readonly Tensor[] => jvp(pullbackMap(f, xs.length), args, more)[1]
    near('jvp of vjp', second(simplified), second(plain), 1e-13)
    return true
  },

  'vmap = loop': (trial) => {
    const { operands, of, draws } = trial
    if (operands.length === 0) return false
    const marks = drawMarks(draws, operands.length)
    const lanes = Array.from({ length: draws.int(1, 3) }, () => of.operands(draws))
    const args = operands.map((x, i) => (marks[i]! ? stack(lanes.map((lane) => lane[i]!)) : x))
    mapsLanes('vmap', wholeMap(trial), args, marks, lanes.length)
    return true
  },

  'vmap of vmap = loop': (trial) => {
    const { operands, of, draws } = trial
    if (operands.length === 0) return false
    const [outer, within] = [drawMarks(draws, operands.length), drawMarks(draws, operands.length)]
    const [rows, columns] = [draws.int(1, 2), draws.int(1, 3)]
    const grid = Array.from({ length: rows }, () => Array.from({ length: columns }, () => of.operands(draws)))
    const args = operands.map((x, i) => {
      const row = (r: number): Tensor => (within[i]! ? stack(grid[r]!.map((lane) => lane[i]!)) : grid[r]![0]![i]!)
      return outer[i]! ? stack(grid.map((_, r) => row(r))) : within[i]! ? row(0) : x
    })
    const mapped = vmap(wholeMap(trial), { inAxes: within.map((mark) => (mark ? 0 : null)) })
    mapsLanes('vmap of vmap', mapped, args, outer, rows)
    return true
  },

  'jvp = differences': (trial) => {
    if (!differentiable(trial) || !trial.of.smooth) return false
    followsDifferences('jvp', movingMap(trial), movingOperands(trial), trial.draws, allowedBy(trial.of))
    return true
  },

  'vjp adjoint to jvp': (trial) => {
    if (!differentiable(trial)) return false
    isAdjoint('vjp', movingMap(trial), movingOperands(trial), trial.draws)
    return true
  },

  'jvp of vjp = differences': (trial) => {
    if (!differentiable(trial) || !trial.of.smooth) return false
    const [f, xs] = [movingMap(trial), movingOperands(trial)]
    const args = [...xs, ...directions(trial.draws, f(...xs))]
    followsDifferences('jvp of vjp', pullbackMap(f, xs.length), args, trial.draws, allowedBy(trial.of))
    return true
  },

  'vjp of vjp adjoint': (trial) => {
    if (!differentiable(trial)) return false
    const [f, xs] = [movingMap(trial), movingOperands(trial)]
    const args = [...xs, ...directions(trial.draws, f(...xs))]
    isAdjoint('vjp of vjp', pullbackMap(f, xs.length), args, trial.draws)
    return true
  },

  'vjp of jvp adjoint': (trial) => {
    if (!differentiable(trial)) return false
    const [f, xs] = [movingMap(trial), movingOperands(trial)]
    isAdjoint('vjp of jvp', pushforwardMap(f, xs.length), [...xs, ...directions(trial.draws, xs)], trial.draws)
    return true
  },

  // Cotangents that meet in one value are to be added up.
  'one operand twice': (trial) => {
    const { primitive, of, operands, draws } = trial
    const [first] = of.moves
    const twins = of.moves.filter((i) => operands[i]!.shape.join() === operands[first!]!.shape.join())
    if (first === undefined || twins.length < 2) return false
    const f: Map = (x) => [
      call(
        primitive,
        of.params,
        operands.map((y, i) => (twins.includes(i) ? x : y))
      )
    ]
    const xs = [operands[first]!]
    isAdjoint('twice', f, xs, draws)
    isAdjoint('vjp of twice', pullbackMap(f, 1), [...xs, ...directions(draws, f(...xs))], draws)
    return true
  },

  'vmap of vjp = loop': (trial) => {
    if (!differentiable(trial)) return false
    const { of, draws } = trial
    const [f, xs] = [movingMap(trial), movingOperands(trial)]
    const lanes = Array.from({ length: draws.int(1, 3) }, () => {
      const operands = of.operands(draws)
      const own = of.moves.map((i) => operands[i]!)
      return [...own, ...directions(draws, f(...xs))]
    })
    const marks = drawMarks(draws, lanes[0]!.length)
    const args = lanes[0]!.map((x, i) => (marks[i]! ? stack(lanes.map((lane) => lane[i]!)) : x))
    mapsLanes('vmap of vjp', pullbackMap(f, xs.length), args, marks, lanes.length)
    return true
  }
} as const satisfies Readonly<Record<string, Law>>

export type LawName = keyof typeof laws

import type { Data, DType } from '../../tensor/dtype.ts'
import type { Shape } from '../../tensor/shape.ts'
import { broadcastShapes, equalShapes, range, sizeOf } from '../../tensor/shape.ts'
import type { Attributes, ElementType, GraphParts } from './model.ts'
import { nodeProto, tensorProto } from './model.ts'
import type { Bytes } from './protobuf.ts'

/** A value of the graph that is written, by its name. */
export interface Value {
  readonly name: string
  readonly dtype: ElementType
  readonly shape: Shape
}

/** A graph that grows node by node: operations are functions of values, which add a node and give its result. */
export interface Emitter {
  /** Adds a node with one result. */
  readonly node: (op: string, inputs: readonly Value[], result: Omit<Value, 'name'>, attributes?: Attributes) => Value
  /** Adds a node with several results. */
  readonly nodes: (
    op: string,
    inputs: readonly Value[],
    results: readonly Omit<Value, 'name'>[],
    attributes?: Attributes
  ) => readonly Value[]
  /** Gives a value another name, that of a graph's output. */
  readonly rename: (x: Value, name: string) => Value
  readonly constant: (dtype: DType, shape: Shape, data: Data, name?: string) => Value
  /** A list of whole numbers as int64: shapes, axes, places. Equal lists are one constant. */
  readonly list: (values: readonly number[]) => Value
  /** One number, of any rank: equal ones are one constant. */
  readonly scalar: (value: number, dtype?: DType) => Value
  /** Begins a graph inside this one, which sees its values: the body of a loop. */
  readonly inner: () => Emitter
  /** A name that nothing has yet. */
  readonly fresh: (stem: string) => string
  /** What was added so far. */
  readonly parts: () => Pick<GraphParts, 'nodes' | 'constants'>
}

/** Makes an emitter. Names that are `taken`, and those of graphs around it, are not given again. */
export const emitterOf = (taken: Iterable<string>): Emitter => {
  const names = new Set(taken)
  const counts = new Map<string, number>()
  const fresh = (stem: string): string => {
    for (;;) {
      const count = (counts.get(stem) ?? 0) + 1
      counts.set(stem, count)
      const name = `${stem}_${String(count)}`
      if (names.has(name)) continue
      names.add(name)
      return name
    }
  }
  const open = (): Emitter => {
    const nodes: Bytes[] = []
    const constants: Bytes[] = []
    const known = new Map<string, Value>()
    const once = (key: string, make: () => Value): Value => {
      const value = known.get(key) ?? make()
      known.set(key, value)
      return value
    }
    const push = (op: string, inputs: readonly Value[], outputs: readonly Value[], attributes: Attributes): void => {
      const [read, made] = [inputs, outputs].map((values) => values.map(({ name }) => name)) as [string[], string[]]
      nodes.push(nodeProto({ op, name: fresh(`node_${op.toLowerCase()}`), inputs: read, outputs: made, attributes }))
    }
    const add: Emitter['nodes'] = (op, inputs, results, attributes = {}) => {
      const values = results.map((result) => ({ ...result, name: fresh(op.toLowerCase()) }))
      push(op, inputs, values, attributes)
      return values
    }
    const keep = (name: string, type: ElementType, shape: Shape, data: Data | BigInt64Array): Value => {
      constants.push(tensorProto(name, type, shape, data))
      return { name, dtype: type, shape }
    }
    return {
      nodes: add,
      node: (op, inputs, result, attributes) => add(op, inputs, [result], attributes)[0]!,
      rename: (x, name) => {
        const renamed = { ...x, name }
        push('Identity', [x], [renamed], {})
        return renamed
      },
      constant: (dtype, shape, data, name = fresh('constant')) => keep(name, dtype, shape, data),
      list: (values) =>
        once(`list ${values.join()}`, () =>
          keep(fresh('list'), 'int64', [values.length], new BigInt64Array(values.map(BigInt)))
        ),
      scalar: (value, dtype = 'float32') =>
        once(`${dtype} ${Object.is(value, -0) ? '-0' : String(value)}`, () =>
          keep(fresh('scalar'), dtype, [], arrayOf(dtype, [value]))
        ),
      inner: open,
      fresh,
      parts: () => ({ nodes, constants })
    }
  }
  return open()
}

const arrayOf = (dtype: DType, values: readonly number[]): Data =>
  dtype === 'float32'
    ? Float32Array.from(values)
    : dtype === 'int32'
      ? Int32Array.from(values)
      : Uint8Array.from(values)

/** Applies an operation to values element by element, by the rules of broadcasting, which are NumPy's. */
export const elementwise = (
  e: Emitter,
  op: string,
  inputs: readonly Value[],
  dtype: ElementType = inputs[0]!.dtype
): Value =>
  e.node(op, inputs, { dtype, shape: inputs.reduce<Shape>((shape, x) => broadcastShapes(shape, x.shape)!, []) })

/** Numbers of the element types of ONNX, as Cast has them. */
const castTo: Readonly<Record<ElementType, number>> = { float32: 1, int32: 6, int64: 7, bool: 9 }

/** Casts as ONNX does, which leaves open what becomes of numbers that do not fit. */
export const cast = (e: Emitter, x: Value, dtype: ElementType): Value =>
  x.dtype === dtype ? x : e.node('Cast', [x], { dtype, shape: x.shape }, { to: castTo[dtype] })

export const reshape = (e: Emitter, x: Value, shape: Shape): Value =>
  equalShapes(x.shape, shape) ? x : e.node('Reshape', [x, e.list(shape)], { dtype: x.dtype, shape }, { allowzero: 1 })

export const transpose = (e: Emitter, x: Value, permutation: readonly number[]): Value =>
  permutation.every((axis, i) => axis === i)
    ? x
    : e.node(
        'Transpose',
        [x],
        { dtype: x.dtype, shape: permutation.map((axis) => x.shape[axis]!) },
        { perm: permutation }
      )

/** Repeats along axes of extent 1, and along leading axes that are not there. */
export const expand = (e: Emitter, x: Value, shape: Shape): Value =>
  equalShapes(x.shape, shape) ? x : e.node('Expand', [x, e.list(shape)], { dtype: x.dtype, shape })

/** Takes every `step`-th element from `start` to before `end` along each axis. */
export const slice = (
  e: Emitter,
  x: Value,
  start: readonly number[],
  end: readonly number[],
  step: readonly number[] = start.map(() => 1)
): Value => {
  const shape = start.map((first, i) => Math.max(0, Math.ceil((end[i]! - first) / step[i]!)))
  if (equalShapes(shape, x.shape) && step.every((n, i) => n === 1 || shape[i]! <= 1)) return x
  const axes = range(shape.length)
  return e.node('Slice', [x, e.list(start), e.list(end), e.list(axes), e.list(step)], { dtype: x.dtype, shape })
}

/** Puts a value around x, 0 if none is given, so many times before and behind each axis; fewer than 0 crop. */
export const pad = (e: Emitter, x: Value, low: readonly number[], high: readonly number[], value?: Value): Value => {
  const [before, behind] = [low, high].map((list) => list.map((n) => Math.max(0, n))) as [number[], number[]]
  const around = [...before, ...behind]
  const shape = x.shape.map((n, i) => before[i]! + n + behind[i]!)
  const padded = around.some((n) => n > 0)
    ? e.node('Pad', [x, e.list(around), value ?? e.scalar(0)], { dtype: x.dtype, shape })
    : x
  const start = low.map((n) => Math.max(0, -n))
  return slice(
    e,
    padded,
    start,
    shape.map((n, i) => Math.max(start[i]!, n + Math.min(0, high[i]!)))
  )
}

/** Makes one number everywhere. */
export const filled = (e: Emitter, value: number, { dtype, shape }: { dtype: DType; shape: Shape }): Value =>
  expand(e, e.scalar(value, dtype), shape)

export const isEmpty = ({ shape }: { readonly shape: Shape }): boolean => sizeOf(shape) === 0

import { equalShapes } from '../../tensor/shape.ts'
import { isTensor } from '../../tensor/tensor.ts'
import { isRecord } from '../../tensor/tree.ts'

type Keyed = Readonly<Record<PropertyKey, unknown>>

const keysOf = (x: Keyed): readonly PropertyKey[] => Reflect.ownKeys(x).filter((key) => x[key] !== undefined)

/** Returns what was assigned to a function: the name and numbers of a schedule, say. */
const ownOf = (f: object): Keyed => Object.assign({}, f) as Keyed

const sameParts = (a: Keyed, b: Keyed): boolean => {
  const keys = keysOf(a)
  return keys.length === keysOf(b).length && keys.every((key) => Object.hasOwn(b, key) && same(a[key], b[key]))
}

/**
 * Tests whether two values are made alike: equal data, and functions of equal text. What the functions close over cannot be
 * seen; of two values made by the same function of this library, it is the data beside them.
 */
export const same = (a: unknown, b: unknown): boolean => {
  if (Object.is(a, b)) return true
  if (typeof a === 'function' && typeof b === 'function')
    return Function.prototype.toString.call(a) === Function.prototype.toString.call(b) && sameParts(ownOf(a), ownOf(b))
  if (isTensor(a) && isTensor(b))
    return a.dtype === b.dtype && equalShapes(a.shape, b.shape) && same([...a.data], [...b.data])
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((x, i) => same(x, b[i]))
  return isRecord(a) && isRecord(b) && sameParts(a, b)
}

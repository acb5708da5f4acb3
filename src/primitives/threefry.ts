import type { Scalar } from '../nest/expression.ts'
import { binary, int, plus } from '../nest/expression.ts'
import { elementwise, elementwiseShape } from './rules/elementwise.ts'

const rotations = [
  [13, 15, 26, 6],
  [17, 29, 16, 24]
] as const
const parity = 0x1bd11bda

/**
 * Word 0 or 1 of Threefry-2x32 with 20 rounds (Salmon et al. 2011): 64 random bits that are a function of a key and a
 * counter, so that any element of any draw can be computed alone. Operands: key0, key1, counter0, counter1.
 */
export const threefry = elementwise<{ word: 0 | 1 }>({
  name: 'threefry',
  shape: elementwiseShape('threefry', ['int32']),
  evaluate:
    (_, __, { word }) =>
    ([key0, key1, counter0, counter1], y) => {
      const keys = new Int32Array(3)
      for (let i = 0; i < y.length; i++) {
        keys[0] = key0![i]!
        keys[1] = key1![i]!
        keys[2] = keys[0] ^ keys[1] ^ parity
        let a = (counter0![i]! + keys[0]) | 0
        let b = (counter1![i]! + keys[1]) | 0
        for (let group = 0; group < 5; group++) {
          for (const by of rotations[group % 2]!) {
            a = (a + b) | 0
            b = ((b << by) | (b >>> (32 - by))) ^ a
          }
          a = (a + keys[(group + 1) % 3]!) | 0
          b = (b + keys[(group + 2) % 3]! + group + 1) | 0
        }
        y[i] = word === 0 ? a : b
      }
    },
  linearity: 'none',
  tangentsThrough: () => [],
  // A graph, not a tree: each round's two words are one object each, read by two others. As a tree it has 10^8 nodes.
  scalar: ([key0, key1, counter0, counter1], { word }) => {
    const keys: readonly Scalar[] = [key0!, key1!, binary('xor', binary('xor', key0!, key1!), int(parity))]
    let a = plus(counter0!, keys[0]!)
    let b = plus(counter1!, keys[1]!)
    for (let group = 0; group < 5; group++) {
      for (const by of rotations[group % 2]!) {
        a = plus(a, b)
        b = binary('xor', binary('rotateLeft', b, int(by)), a)
      }
      a = plus(a, keys[(group + 1) % 3]!)
      b = plus(plus(b, keys[(group + 2) % 3]!), group + 1)
    }
    return word === 0 ? a : b
  }
})

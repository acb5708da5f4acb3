import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as E from '#fp-ts/Either'
import { readCsv, showFileIssue, tensor } from '../../src/index.ts'

const js = (x: unknown): any => x
const right = (content: string, options = {}) => {
  const read = readCsv(content, options)
  if (E.isLeft(read)) throw new Error(showFileIssue(read.left))
  return read.right
}
const left = (content: string, options = {}) => {
  const read = readCsv(content, options)
  if (E.isRight(read)) throw new Error('expected an issue')
  return read.left
}

describe('a table', () => {
  it.each([
    ['1,2\n3,4', 'commas'],
    ['1;2\n3;4\n', 'semicolons'],
    ['1\t2\r\n3\t4\r\n', 'tabs, and the ends of lines of Windows'],
    ['\uFEFF1,2\n\n3,4\n\n', 'a byte order mark, and empty lines'],
    [' 1 , 2 \n 3 , 4', 'spaces'],
    ['"1","2"\n"3","4"', 'quotes'],
    ['+1.0,2e0\n.3e1,4.\n', 'numbers in every form']
  ])('is read: %j, with %s', (content) => {
    expect(right(content)).toEqual({ values: tensor([[1, 2], [3, 4]]) }) // prettier-ignore
  })
  it('may have names of columns', () => {
    expect(right('"the ""x""",y\n1,2')).toEqual({ values: tensor([[1, 2]]), columns: ['the "x"', 'y'] })
    expect(right('1,2\n3,4', { header: true })).toEqual({ values: tensor([[3, 4]]), columns: ['1', '2'] })
    expect(left('x,y\n1,2', { header: false })).toMatchObject({ _tag: 'BadValue', offset: 0 })
  })
  it('has the separator that it is told', () => {
    expect(right('1;2', { separator: ';' }).values.shape).toEqual([1, 2])
    expect(left('1;2', { separator: ',', header: false })).toMatchObject({ _tag: 'BadValue' })
  })
  it('is refused with the place, in words', () => {
    expect(left('1,2\n3\n')).toMatchObject({ _tag: 'BadShape', offset: 4, actual: '1 in line 2' })
    expect(left('1,2\n\n3,x')).toMatchObject({ offset: 5, expected: 'a number in line 3, field 2', actual: '"x"' })
    for (const field of ['', 'NaN', 'Infinity', '0x10', '1 2', '--1', 'e5', '.', '1e39'])
      expect(left(`1,2\n3,${field}`)).toMatchObject({ _tag: 'BadValue' })
    for (const empty of ['', '\n\n', 'x,y\n']) expect(left(empty)).toMatchObject({ _tag: 'Truncated' })
    expect(left(js(undefined))).toMatchObject({ _tag: 'BadOption' })
    expect(left('1', { separators: ',' })).toMatchObject({ _tag: 'BadOption' })
  })
  it('gives back whatever numbers were written', () => {
    const row = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 3, maxLength: 3 })
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 5 }), fc.constantFrom(',', ';', '\t'), (rows, mark) => {
        const read = right(rows.map((numbers) => numbers.join(mark)).join('\n'))
        expect([...read.values.data]).toEqual(rows.flat().map((x) => (x === 0 ? 0 : x)))
      })
    )
  })
  it('never throws', () => {
    fc.assert(fc.property(fc.string(), (content) => void readCsv(content)))
  })
})

import { describe, expect, it } from 'vitest'
import * as E from '#fp-ts/Either'
import { parseDemo } from '../../src/cli/options.ts'

const right = (args: readonly string[]) => {
  const parsed = parseDemo(args)
  return E.isRight(parsed) ? parsed.right : expect.fail(parsed.left.message)
}
const left = (args: readonly string[]) => {
  const parsed = parseDemo(args)
  return E.isLeft(parsed) ? parsed.left : expect.fail('it was accepted')
}

describe('the options of the demo', () => {
  it('default to the ring', () => {
    expect(right([])).toEqual({
      data: 'ring',
      net: 'dcgan',
      steps: undefined,
      seed: 0,
      engine: 'auto',
      out: 'out/demo'
    })
  })
  it('name a directory of digits', () => {
    expect(right(['--data', 'idx:some/dir']).data).toEqual({ directory: 'some/dir' })
    const emnist = { directory: 'emnist', set: 'letters' }
    expect(right(['--data', 'idx:emnist', '--set', 'letters']).data).toEqual(emnist)
  })
  it('make one name of engine and mode', () => {
    expect(right(['--engine', 'gpu', '--mode', 'cpu']).engine).toBe('gpu:cpu')
    expect(right(['--engine', 'gpu']).engine).toBe('gpu:webasm')
  })
  it.each([
    [['--data', 'rings'], /ring, grid, swissroll, dirac, shapes, or idx:DIR/],
    [['--data', 'idx:'], /idx:DIR/],
    [['--set', 'letters'], /--set 'letters'.*idx:DIR/],
    [['--steps', '0'], /whole number of at least 1/],
    [['--steps', '1e3'], /whole number of at least 1/],
    [['--seed', '-1'], /whole number of at least 0/],
    [['--net', 'resnet'], /mlp, dcgan/],
    [['--sed', '3'], /unknown option '--sed'[\s\S]*--seed/],
    [['extra'], /too many arguments/]
  ])('%j is refused in words, with status 2', (args, message) => {
    const { message: text, status } = left(args)
    expect(text).toMatch(message)
    expect(text).not.toMatch(/\bat .*:\d+:\d+/)
    expect(status).toBe(2)
  })
  it('prints its help with status 0', () => {
    const { message, status } = left(['--help'])
    expect(message).toContain('--data')
    expect(status).toBe(0)
  })
})

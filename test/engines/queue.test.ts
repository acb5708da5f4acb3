import { describe, expect, it } from 'vitest'
import { serialQueue } from '../../src/engines/queue.ts'

const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

describe('a serial queue', () => {
  it('runs tasks one at a time in the order of the calls, and answers each caller', async () => {
    const queue = serialQueue()
    const seen: string[] = []
    const task = (name: string, ms: number) => async () => {
      seen.push(`${name} begins`)
      await later(ms)
      seen.push(`${name} ends`)
      return name
    }
    expect(await Promise.all([queue(task('a', 5)), queue(task('b', 0)), queue(task('c', 1))])).toEqual(['a', 'b', 'c'])
    expect(seen).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends'])
  })

  it('goes on after a task that rejects or throws', async () => {
    const queue = serialQueue()
    const rejecting = queue(() => Promise.reject(new Error('mine')))
    const throwing = queue((): Promise<never> => {
      throw new Error('at once')
    })
    const after = queue(async () => 3)
    await expect(rejecting).rejects.toThrow('mine')
    await expect(throwing).rejects.toThrow('at once')
    expect(await after).toBe(3)
  })

  it('keeps nobody waiting in another queue', async () => {
    const [one, two] = [serialQueue(), serialQueue()]
    void one(() => new Promise(() => undefined))
    expect(await two(async () => 1)).toBe(1)
  })
})

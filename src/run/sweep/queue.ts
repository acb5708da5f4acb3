/** The queue of a sweep on a Redis server: names of runs, and nothing else. What a run is, workers read in its folder. */
import type { Queue, Worker } from 'bullmq'
import type { Redis, RedisOptions } from 'ioredis'
import { pipe } from '#fp-ts/function'
import * as E from '#fp-ts/Either'
import * as TE from '#fp-ts/TaskEither'
import type { Issues } from '../../gan/check/issue.ts'
import { issue } from '../../gan/check/issue.ts'
import type { Sweep } from './folder.ts'

/** The two packages, which only sweeps over machines need. */
export interface Queues {
  readonly Queue: typeof Queue
  readonly Worker: typeof Worker
  readonly Redis: typeof Redis
}

export const loadQueues: TE.TaskEither<Issues, Queues> = TE.tryCatch(
  async () => {
    const [{ Queue: queue, Worker: worker }, { Redis: redis }] = await Promise.all([
      import('bullmq'),
      import('ioredis')
    ])
    return { Queue: queue, Worker: worker, Redis: redis }
  },
  (cause): Issues => [
    {
      ...issue(
        'Missing',
        ['redis'],
        'the packages bullmq and ioredis',
        'none of that name',
        'npm install bullmq ioredis'
      ),
      cause
    }
  ]
)

/** Shows where a server is, without its password. */
const shown = (url: URL): string => `${url.protocol}//${url.host}`

const parsed = (text: string): E.Either<Issues, URL> => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  return url !== undefined && (url.protocol === 'redis:' || url.protocol === 'rediss:') && url.hostname !== ''
    ? E.right(url)
    : E.left([
        issue(
          'InvalidValue',
          ['redis'],
          'redis://host:port, or rediss://user:password@host:port',
          url === undefined ? 'no address' : shown(url),
          'redis://127.0.0.1:6379 is a server on this machine'
        )
      ])
}

/** Milliseconds that an attempt to connect may take. */
const patience = 10_000

/** Opens connections to a server: the first has to come about; those that break are made again, for as long as it takes. */
export interface Server {
  readonly connect: () => Redis
  readonly close: () => void
}

/** Connects once, and lets go. Rejects with what the server said, or what stood in the way. */
const reached = async (client: Redis): Promise<void> => {
  let said: unknown
  client.on('error', (cause) => {
    said = cause
  })
  try {
    await client.connect()
    await client.ping()
  } catch (cause) {
    throw said ?? cause // eslint-disable-line no-restricted-syntax -- it is made an Issue below
  } finally {
    client.disconnect()
  }
}

export const openServer = (queues: Queues, address: string): TE.TaskEither<Issues, Server> =>
  pipe(
    TE.fromEither(parsed(address)),
    TE.chain((url) =>
      TE.tryCatch(
        async () => {
          const open: Redis[] = []
          const connect = (options: Required<Pick<RedisOptions, 'retryStrategy' | 'maxRetriesPerRequest'>>): Redis => {
            const client = new queues.Redis(address, { ...options, lazyConnect: true, connectTimeout: patience })
            open.push(client)
            return client
          }
          await reached(connect({ retryStrategy: () => null, maxRetriesPerRequest: 0 }))
          return {
            connect: () => {
              const client = connect({
                retryStrategy: (times) => Math.min(100 * times, 2000),
                maxRetriesPerRequest: null
              })
              // It connects again by itself, and what is asked meanwhile waits.
              client.on('error', () => undefined)
              return client
            },
            close: () => {
              for (const client of open) client.disconnect()
            }
          }
        },
        (cause): Issues => [
          issue(
            'EngineFailed',
            ['redis'],
            `a Redis server at ${shown(url)} that lets this process in`,
            cause instanceof Error ? cause.message : String(cause),
            'redis-server starts one; a password stands in the address'
          )
        ]
      )
    )
  )

const prefix = 'saddlepoint'

/** Names the queue of a sweep. */
export const queueName = ({ id }: Sweep): string => `sweep-${id}`

export const queueOf = ({ Queue: Made }: Queues, server: Server, sweep: Sweep): Queue =>
  new Made(queueName(sweep), { connection: server.connect(), prefix, skipMetasUpdate: true })

export { prefix }

/** Makes the id of a run in its queue; a name alone might be a number, which BullMQ keeps for itself. */
export const idOf = (name: string): string => `run.${name}`

// Makes fsrs.json: review intervals of 1,000 random histories, from the TypeScript implementation of FSRS-5.
// Not part of any test run. To make it anew, in an empty folder:
//   npm install ts-fsrs@4.4.3 --ignore-scripts && node …/tests/golden/make_fsrs.mjs > …/tests/golden/fsrs.json
// (4.4.3 is the last version of ts-fsrs with FSRS-5 as it was published; later ones are FSRS-6.)
import { createRequire } from 'node:module'
const { fsrs, createEmptyCard, Rating } = createRequire(process.cwd() + '/')('ts-fsrs')

// A small generator with a seed, so that the file is the same each time.
let state = 2025
const random = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0
  return state / 2 ** 32
}
const ratings = { Again: Rating.Again, Hard: Rating.Hard, Good: Rating.Good }
const names = Object.keys(ratings)
const scheduler = fsrs({ enable_short_term: false, enable_fuzz: false })
const start = Date.UTC(2025, 10, 21, 9)

const histories = []
for (let n = 0; n < 1000; n++) {
  let card = createEmptyCard(new Date(start))
  let at = start
  const history = []
  const length = 1 + Math.floor(random() * 12)
  for (let i = 0; i < length; i++) {
    // Early, in time, late, at once.
    const minutes = i === 0 ? 0 : Math.floor(card.scheduled_days * 1440 * [0, 0.3, 1, 1.5, 4][Math.floor(random() * 5)] + random() * 300)
    const name = names[random() < 0.65 ? 2 : Math.floor(random() * 2)]
    at += minutes * 60_000
    card = scheduler.next(card, new Date(at), ratings[name]).card
    history.push([minutes, name[0], card.scheduled_days, Number(card.stability.toFixed(4))])
  }
  const later = new Date(at + 20 * 86_400_000)
  histories.push({ history, recall: Number(scheduler.get_retrievability(card, later, false).toFixed(6)) })
}
const lines = histories.map((history) => JSON.stringify(history)).join(',\n')
console.log(`{"made_by":"ts-fsrs 4.4.3, FSRS-5, default weights, days only","start":${start},"histories":[\n${lines}\n]}`)

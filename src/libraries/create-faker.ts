import type { Faker } from '@faker-js/faker';
import type { Random } from '../core/random.ts';
import { lazily } from './load.ts';

/** One language only: the whole package costs seven times as much to load. */
const english = lazily<{ readonly faker: Faker }>('@faker-js/faker/locale/en');

/** A faker of English that draws from the given source. */
export function createFaker(random: Random): Faker {
  const { faker } = english();
  const Constructor = faker.constructor as new (options: { locale: unknown; randomizer: unknown }) => Faker;
  return new Constructor({
    locale: faker.rawDefinitions,
    randomizer: { next: random, seed: () => undefined },
  });
}

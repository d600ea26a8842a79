import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fillCache } from './cache.folder.ts';
import { runCommand } from './command.run.ts';
import { STAND_IN_JAVA, STAND_IN_POM, STAND_IN_VERSION } from './mongo.standin.source.ts';
import { onPath, type ProgramWay } from './program.search.ts';
import type { Program } from './service.types.ts';

// A later plugin version may need a newer Maven than distributions carry.
const COPY_GOAL = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
const LAUNCHER = 'MongoStandIn';

function folderOf(cacheDir: string): string {
  return join(cacheDir, `mongo-stand-in-${STAND_IN_VERSION}-2`);
}

/** From the cache, or built: the libraries by Maven, our launcher by javac. */
export function standInWays(cacheDir: string): ProgramWay[] {
  return [
    { how: 'cached stand-in', obtain: async () => cachedStandIn(cacheDir) },
    {
      how: 'building the MongoDB stand-in with Maven and javac',
      slow: true,
      obtain: (progress) => buildStandIn(cacheDir, progress),
    },
  ];
}

/** Only where Java is still there. */
function cachedStandIn(cacheDir: string): Program | undefined {
  const java = onPath('java');
  const folder = folderOf(cacheDir);
  return java && existsSync(folder) ? program(java, folder) : undefined;
}

async function buildStandIn(cacheDir: string, progress: (line: string) => void): Promise<Program> {
  const [java, javac, maven] = [onPath('java'), onPath('javac'), onPath('mvn')];
  if (!java || !javac || !maven) {
    const missing = Object.entries({ java, javac, mvn: maven }).filter(([, path]) => !path);
    throw new Error(`${missing.map(([name]) => name).join(', ')} not on PATH`);
  }
  const folder = await fillCache(folderOf(cacheDir), async (scratch) => {
    const made = join(scratch, 'made');
    mkdirSync(made);
    writeFileSync(join(made, 'pom.xml'), STAND_IN_POM);
    writeFileSync(join(made, `${LAUNCHER}.java`), STAND_IN_JAVA);
    const copy = ['-B', '-q', '-f', join(made, 'pom.xml'), COPY_GOAL, `-DoutputDirectory=${join(made, 'lib')}`];
    await runCommand(maven, [...copy, '-DincludeScope=runtime'], { timeoutMs: 5 * 60_000, onLine: progress });
    const compile = ['--release', '17', '-cp', join(made, 'lib', '*'), '-d', join(made, 'classes')];
    await runCommand(javac, [...compile, join(made, `${LAUNCHER}.java`)], { timeoutMs: 120_000, onLine: progress });
    return made;
  });
  return program(java, folder);
}

function program(java: string, folder: string): Program {
  const classPath = [join(folder, 'classes'), join(folder, 'lib', '*')].join(delimiter);
  // One thread of garbage collection and a bounded heap: it shares the machine with DuckDB.
  const limits = ['-Xmx2g', '-XX:+UseSerialGC'];
  return {
    command: java,
    args: [...limits, '-cp', classPath, LAUNCHER],
    label: `MongoDB stand-in (mongo-java-server ${STAND_IN_VERSION}: no transactions, not for production)`,
  };
}

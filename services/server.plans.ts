import { planMongo } from './mongo.server.ts';
import { choosePort } from './port.check.ts';
import { planPostgres } from './postgres.server.ts';
import { planS3 } from './s3.server.ts';
import type { ServerPlan } from './server.plan.ts';
import type { ServiceContext } from './service.context.ts';
import type { ServiceName, ServicePorts } from './service.types.ts';
import { planSnowflake } from './snowflake.server.ts';
import { planTemporal } from './temporal.server.ts';

/** Which ports a server listens on, and the setting that changes each. */
const PORTS_OF: Record<ServiceName, Partial<Record<keyof ServicePorts, string>>> = {
  temporal: { temporal: 'STRATA_DEV_TEMPORAL_PORT', temporalUi: 'STRATA_DEV_TEMPORAL_UI_PORT' },
  postgres: { postgres: 'STRATA_DEV_POSTGRES_PORT' },
  mongodb: { mongodb: 'STRATA_DEV_MONGODB_PORT' },
  s3: { s3: 'STRATA_DEV_S3_PORT' },
  snowflake: { snowflake: 'STRATA_DEV_SNOWFLAKE_PORT' },
};

/** Settles the ports of one server; a taken one is an error before anything is built or started. */
export async function choosePorts(name: ServiceName, wanted: ServicePorts): Promise<ServicePorts> {
  const chosen = { ...wanted };
  for (const [port, setting] of Object.entries(PORTS_OF[name]) as [keyof ServicePorts, string][]) {
    chosen[port] = await choosePort(wanted[port], setting);
  }
  return chosen;
}

/** Finds the program and prepares the data folder of one server. */
export async function planOf(name: ServiceName, context: ServiceContext, ports: ServicePorts): Promise<ServerPlan> {
  switch (name) {
    case 'temporal':
      return planTemporal(context, ports);
    case 'postgres':
      return planPostgres(context, ports);
    case 'mongodb':
      return planMongo(context, ports);
    case 's3':
      return planS3(context, ports);
    case 'snowflake':
      return planSnowflake(context, ports);
  }
}

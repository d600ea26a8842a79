/** The development servers that Strata can start. */
export const SERVICE_NAMES = ['temporal', 'postgres', 'mongodb', 's3', 'snowflake'] as const;
export type ServiceName = (typeof SERVICE_NAMES)[number];

/** Where an S3 server answers and with which keys; addresses are path-style. */
export interface S3Address {
  endpoint: string;
  region: string;
  bucket: string;
  accessKeyId: string;
  secretAccessKey: string;
}

export interface TemporalAddress {
  /** `host:port` of the gRPC front end. */
  temporal: string;
  /** URL of the web UI. */
  temporalUi: string;
}

/** What a client of the Snowflake stand-in must know. */
export interface SnowflakeAddress {
  url: string;
  account: string;
  user: string;
  /** Made by the stand-in's start; readable by its owner only. */
  privateKeyPath: string;
  role: string;
  warehouse: string;
  database: string;
}

/** What each server is reached by. */
export interface AddressOf {
  temporal: TemporalAddress;
  postgres: { postgresUrl: string };
  mongodb: { mongodbUrl: string };
  s3: { s3: S3Address };
  snowflake: { snowflake: SnowflakeAddress };
}

/** Every server's address in one object, as settings and the CLI use them. */
export type ServiceAddresses = AddressOf['temporal'] &
  AddressOf['postgres'] &
  AddressOf['mongodb'] &
  AddressOf['s3'] &
  AddressOf['snowflake'];

type UnionToIntersection<U> = (U extends unknown ? (u: U) => void : never) extends (i: infer I) => void ? I : never;

/** The addresses of the servers asked for, and no others. */
export type AddressesFor<W extends ServiceName> = UnionToIntersection<AddressOf[W]>;

/** Ports on 127.0.0.1; 0 picks a free one. */
export interface ServicePorts {
  temporal: number;
  temporalUi: number;
  postgres: number;
  mongodb: number;
  s3: number;
  snowflake: number;
}

export const DEFAULT_PORTS: ServicePorts = {
  temporal: 7233,
  temporalUi: 8233,
  postgres: 54329,
  mongodb: 27029,
  s3: 7070,
  snowflake: 8085,
};

/** A program on this machine that can be run as one of the servers. */
export interface Program {
  command: string;
  /** Arguments that come before the server's own, such as a Java class path. */
  args: string[];
  /** For people: name, version, and where it comes from. */
  label: string;
}

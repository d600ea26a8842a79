/** How Strata reaches an account: key pair, role, virtual warehouse, database and schema, each from a setting. */
export interface SnowflakeOptions {
  /** `orgname-account` or `locator.region`. */
  readonly account: string;
  readonly user: string;
  /** File with the PKCS#8 private key whose public half the user has. */
  readonly privateKeyPath: string;
  readonly privateKeyPassphrase?: string;
  readonly role: string;
  /** The virtual warehouse that loads and queries. */
  readonly warehouse: string;
  readonly database: string;
  /** Schema of the published tables; Strata's own things are in `<schema>_STRATA` beside it. */
  readonly schema: string;
  /** Stage in `<schema>_STRATA`; default LOAD, or LAKE for an external one. With dots: a stage elsewhere, `DB.SCHEMA.STAGE`, which must exist. */
  readonly stage?: string;
  /** Where an external stage points, `s3://bucket/prefix/`: files below it are copied from where they are, others are uploaded to LOAD. */
  readonly stageUrl?: string;
  /** Lets Strata create the external stage with this storage integration. */
  readonly storageIntegration?: string;
  /** For private links and the stand-in: `https://host[:port]`. */
  readonly url?: string;
  /** How long a server that does not answer is waited for while a statement is open. Default: a minute. */
  readonly patienceMillis?: number;
}

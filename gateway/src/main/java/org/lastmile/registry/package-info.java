/**
 * The ledgers that offices already keep in Excel, and what they answer when a warning comes: read
 * and checked row by row ({@link org.lastmile.registry.RegistryImport}), held as one snapshot
 * ({@link org.lastmile.registry.Registry}) that is swapped whole ({@link
 * org.lastmile.registry.Registries}).
 */
package org.lastmile.registry;

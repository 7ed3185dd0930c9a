package org.lastmile.dist.command;

import picocli.CommandLine.Command;

@Command(name = "import")
public final class Import {}

package org.lastmile.dist.command;

import picocli.CommandLine.Command;

@Command(name = "status")
public final class Status {}

"""The reference loudspeaker of LastMile's device contract, version 1."""

FIRMWARE = "lastmile-speaker 1.1"

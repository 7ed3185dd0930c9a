/**
 * Words made fit for speaking: numbers and units said right, texts cut to what a make of
 * loudspeaker takes, and audio for those that can't speak.
 */
package org.lastmile.channel.loudspeaker.speech;

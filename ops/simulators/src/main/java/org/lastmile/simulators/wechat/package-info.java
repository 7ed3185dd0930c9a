/**
 * A server that behaves like WeChat towards one official account and like WeCom towards one
 * application: tokens, messages, everybody's phone, and the callbacks that bring receipts, clicks
 * and answers. Its crypto is written apart from the product's, so that the two check each other.
 */
package org.lastmile.simulators.wechat;

--- API v1: where feedback goes.
local attributes = require "ses.emulator.v1_attributes"
local errors = require "ses.emulator.errors"
local identities = require "ses.emulator.identities"

local fault = errors.fault

local M = {}

local function find(ctx, name)
  local identity = identities.find(ctx.region, name)
  if not identity then
    return fault("not_found", "Identity <" .. name .. "> does not exist.")
  end
  return identity
end

function M.GetIdentityNotificationAttributes(ctx, params)
  local found, broken = attributes(ctx, params, function(identity)
    return {
      BounceTopic = identity.topics.Bounce, ComplaintTopic = identity.topics.Complaint,
      DeliveryTopic = identity.topics.Delivery, ForwardingEnabled = identity.forwards,
      HeadersInBounceNotificationsEnabled = false, HeadersInComplaintNotificationsEnabled = false,
      HeadersInDeliveryNotificationsEnabled = false,
    }
  end)
  return found and { NotificationAttributes = found }, broken
end

function M.SetIdentityFeedbackForwardingEnabled(ctx, params)
  local identity, broken = find(ctx, params.Identity)
  if not identity then
    return nil, broken
  elseif not params.ForwardingEnabled
    and not (identity.topics.Bounce and identity.topics.Complaint) then
    return fault("invalid", "Identity <" .. params.Identity .. "> must have topics for Bounce and"
      .. " Complaint notifications before feedback forwarding is disabled.")
  end
  identity.forwards = params.ForwardingEnabled
  return {}
end

function M.SetIdentityNotificationTopic(ctx, params)
  local identity, broken = find(ctx, params.Identity)
  if not identity then
    return nil, broken
  end
  local topic = params.SnsTopic
  identity.topics[params.NotificationType] = topic ~= "" and topic or nil
  return {}
end

return M

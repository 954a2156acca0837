#include "model.h"

const struct ses_service *const ses_services[] = {
    &ses_service_ses,      &ses_service_sesv2, &ses_service_sso,
    &ses_service_sso_oidc, &ses_service_sts,   NULL,
};

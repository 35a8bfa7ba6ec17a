# The namespace and what runs are found by; safe to run again. TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE say where.
until temporal operator cluster health; do sleep 2; done
temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" ||
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention 30d
until temporal operator search-attribute list; do sleep 2; done
known=$(temporal operator search-attribute list)
for attribute in \
  AssayPipeline=Keyword AssayRunType=Keyword AssayState=Keyword AssayModel=Keyword \
  AssayFireTime=Datetime AssayTags=KeywordList; do
  case $known in *"${attribute%=*}"*) continue ;; esac
  temporal operator search-attribute create --name "${attribute%=*}" --type "${attribute#*=}"
done
